// Package house holds the tests that keep the code base in its shape: the size
// of functions and files, documentation, what pkg/ may not touch, which way
// imports point, which modules are linked, and that the tables in the docs say
// what is so. Each rule is also shown to fire on a small wrong example.
package house
