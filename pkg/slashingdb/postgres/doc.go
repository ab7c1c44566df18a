// Package postgres keeps signing records in PostgreSQL, for more than one
// signer on the same keys.
//
// A duty is decided by one conditional statement: it updates the row of the key
// when the duty is above what stands there, and the duty is allowed when the row
// was updated and the commit was answered. Two signers that race for one key
// meet at the row's lock, and the second sees what the first wrote. A duty that
// changed no row is refused, with a reason that is read afterwards. A connection
// that breaks before the answer leaves it unknown what was recorded: the duty is
// refused, and may be asked again.
//
// Durable means: fsync and full_page_writes on, synchronous_commit on (set by
// every session for itself), no recovery. That is checked when a session begins,
// and again by each statement that records, because settings change under a
// running server and poolers change servers under a session.
//
// The store knows its server by system identifier and timeline. A promoted
// standby has another timeline, and may lack what was recorded last. It is
// accepted only if synchronous_standby_names, as it was when the store was made
// or adopted, made every standby that it names hold each commit, and this
// server's cluster_name is one of them. Any other server refuses until Adopt,
// which fences every key. A server that was set back to an older copy of itself
// on the same timeline is noticed by signers that ran all the while, and by
// nothing else: never restore a copy without Adopt.
package postgres
