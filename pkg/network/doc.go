// Package network holds the chains that ethkey knows: fork versions, genesis
// validators root and time, slots, and the amounts of a deposit; and reads the
// file that describes a chain of one's own.
//
// A name is taken exactly as it is spelled or not at all. A near miss is
// suggested in the hint of the error and never taken: a slip of the finger
// must not sign for another chain.
//
// Amounts that people type and read are in the coin of the chain (ETH, GNO).
// Amounts in files and messages are Gwei times the multiplier of the chain: on
// Gnosis Chain one GNO is 32 units of stake.
package network
