// Package atomicfile writes files so that they are whole or absent.
//
// A Set is a group of files that appear together. Its files are written aside
// in a hidden staging folder that is locked for as long as the run lives,
// flushed with one syncfs(2), read back from the medium and compared, and only
// then put in place, never over anything:
//
//   - where the target folder is absent, the staging folder is made beside it
//     and becomes it in one rename;
//   - where the target folder exists, the staging folder is made inside it and
//     the files are renamed into place one by one in the order they were
//     added. The last one is the commit mark: it is never there without all
//     the others.
//
// Whatever fails, and when the context ends, all that the run made is removed;
// what cannot be removed is named. A run that is killed leaves its staging
// folder. The lock on it dies with the run, by which the next Begin for the
// same folder knows it, removes it and says so.
//
// Media differ. Where rename cannot refuse to replace (FUSE, NFS), a folder is
// renamed plainly, because rename(2) of a folder replaces nothing but an empty
// one, and a file is hard-linked, or without hard links renamed over an empty
// file that O_EXCL just made in its name. Killed between those last two steps,
// a run leaves that file empty. Where locks or modes are missing the Report
// says so.
package atomicfile
