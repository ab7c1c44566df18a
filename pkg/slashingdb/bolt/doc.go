// Package bolt keeps a slashing history in one file, in bbolt's format. It is
// the store of a single signer.
//
// # What is in the file
//
// Two buckets. "keys" has a record of fixed size for each validator key, with a
// checksum over the store's identity, the key and the record, so that neither a
// flipped bit nor a record in another's place passes. "store" has one JSON
// text, with a checksum too: the chain, the machine, the number of commits, and
// the number and the sum of all records, so that a page that is whole but old
// does not pass either.
//
// # Opening
//
// The file is locked, its cached pages are dropped, and it is read from the
// medium page by page by code of this package, before bbolt sees it: bbolt
// falls back on the older of its two meta pages when the newer is damaged,
// which would lower records silently, and it ends the process on some damage.
// What cannot be proven whole is refused. Afterwards all records are in memory,
// and decisions are taken there; the lock keeps others from the file.
//
// # Writing
//
// One caller at a time writes, for all that wait: it decides their requests one
// after the other, makes what changed durable in one commit (two syncs), and
// only then answers any of them. When a commit fails, what the disk
// holds is unknown: the store is dead, every later call fails with
// slashingdb.ErrFatal, and the process must end. The next process reads what
// the medium has.
//
// # What cannot be seen
//
// An older copy of the whole file, put back in place by writing over the same
// file, or by rolling back the disk or the virtual machine, is whole and is not
// told from the newest. A copy that is a new file is: a store knows its machine
// and its file.
package bolt
