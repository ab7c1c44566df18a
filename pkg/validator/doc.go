// Package validator holds the operations on a validator: today, creating its
// keystores and deposit data from a mnemonic, and testing a keystore.
//
// An operation is a request, a plan and a run. Planning checks everything and
// writes nothing; what it returns is the summary page that a person agrees to.
// Running does it, verifies what it wrote by reading it back, and returns a
// report. Neither prints nor prompts; files, randomness and the clock come in
// through Machine.
package validator
