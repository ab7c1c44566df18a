// Package backup holds the operations on a secret that is kept on paper: it is
// split into sheets (PlanSplit), each holder checks a sheet (Check), enough of
// them restore it (PlanRestore), a lost one is made again (PlanReissue), and
// drills prove year by year that a restore would work (PlanDrill, Verify, Due).
// PlanPractise makes a set of a published secret to train with.
//
// An operation is a request, a plan and a run, as in package validator. What
// needs a person in the middle, to read a sheet back or to confirm a proposal,
// goes through a Desk. Nothing here prints.
//
// Two public files stay with a set. The record says what the set is and what a
// restore must reproduce; it is written once. The history beside it is a chain
// of what happened to the set: that it was made and checked, every drill, every
// sheet made again, and that it is to be destroyed. The sheets show the hash of
// the record.
package backup
