// Package slashingdb is EIP-3076: the rules that keep a validator key from
// contradicting itself, the interchange file that carries its history from one
// client to the next, and what can be done to such a file without a client.
//
// The rules stand twice. History is the EIP's five conditions over every
// message a key has signed; it serves the audit of files and the tests.
// LastSigned is the minimal form, three numbers and two roots a key, which is
// what a store keeps and a signer asks. LastSigned refuses whatever History
// refuses, and more.
//
// Read and Writer stream the interchange file, version 5, in memory that does
// not grow with the file; Read also takes version 4 when it is told to. Read is
// strict. Where a client is known to write what the EIP does not allow, and
// nothing is lost by reading it, Read goes on and lists what it let pass as
// deviations. A Mending names each further slip that Repair may set right.
//
// Nothing here lowers what a key has signed: LastSigned.Raise takes the greater
// value of each field, and every operation is built on it.
package slashingdb
