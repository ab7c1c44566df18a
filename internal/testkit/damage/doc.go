// Package damage makes pictures of paper that life has been hard on, the same
// ones for the same seed: for tests and benchmarks of what reads them. Sizes are
// in millimetres, so that any code on any resolution is hurt alike.
//
// There are two generators, which share no model of a damage. [Drawn] repeats the
// damages by which decoders were compared before ethkey chose one, and is what the
// reader was tuned on. [Lived] sets up a camera before a bent page and hurts the
// page as households do; the reader never saw it while it was written.
package damage
