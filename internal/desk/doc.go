// Package desk asks for sheets of paper on a terminal: it implements backup.Desk,
// with sheets that are typed, that stand in a file, or that are in pictures.
//
// What the options name is read first, without a question. After that a person
// is asked, unless nobody may be; one who types is shown every line and helped
// with a slip. With a folder of pictures, it is looked into again on demand, for
// what a camera or a scanner has added to it.
package desk
