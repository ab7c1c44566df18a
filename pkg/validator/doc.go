// Package validator holds the operations on validators, one or thousands:
// creating their keystores and deposit data from a mnemonic (PlanCreate),
// signing exits (PlanExit), changes of credentials (PlanChange,
// PlanKeystoreChange) and further deposits (PlanTopUp), and verifying the files
// of all these.
//
// Keys to sign with come from a KeySource: paths of a mnemonic, or a folder of
// keystores that OpenKeystores has opened with one derivation for each salt and
// password. FindKeys and FindCredentials tell where in a mnemonic a validator's
// key is.
//
// An operation is a request, a plan and a run. Planning checks everything and
// writes nothing; what it returns is the summary page that a person agrees to.
// Running does it, verifies what it wrote by reading it back, and returns a
// report. Neither prints nor prompts; files, randomness and the clock come in
// through Machine.
package validator
