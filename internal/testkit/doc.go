// Package testkit is what the tests of every package share: the published
// vectors, a failpoint file system, a terminal that is driven prompt by
// prompt, a canary scan, a walk over the command tree under strace, and a
// loop that kills the process and lets an independent referee judge what is
// left. It is imported by tests alone.
package testkit
