package term

import "unicode/utf8"

// keyKind says what a key does.
type keyKind uint8

const (
	keyText      keyKind = iota // text of one code point, or one byte that is not UTF-8
	keyEnter                    // carriage return or line feed
	keyTab                      //
	keyBackspace                //
	keyClear                    // Ctrl-U
	keyWord                     // Ctrl-W
	keyInterrupt                // Ctrl-C
	keyEnd                      // Ctrl-D
	keyLeft                     // left or up
	keyRight                    // right or down
	keyInsert                   //
	keyDelete                   //
	keyPaste                    // a paste begins
	keyPasted                   // a paste has ended
	keyResize                   // no key: the screen has another size
	keyOther                    // a key that means nothing here
)

// key is one key press. Its text may be secret: wipe it.
type key struct {
	kind keyKind
	text [utf8.UTFMax]byte
	n    int
}

// bytes returns the text of k, in place.
func (k *key) bytes() []byte { return k.text[:k.n] }

func (k *key) wipe() { *k = key{} }

// decoder turns the bytes of a terminal into keys.
type decoder struct {
	state   decoderState
	part    key     // a code point under way
	seq     [8]byte // parameters of an escape sequence
	seqLen  int
	seqLong bool
	queue   [utf8.UTFMax + 1]key
	queued  int
}

type decoderState uint8

const (
	stateText decoderState = iota
	stateEscape
	stateSequence // after ESC [
	stateSingle   // after ESC O
)

// midSequence reports whether an escape sequence, or a lone Escape, is under
// way.
func (d *decoder) midSequence() bool { return d.state != stateText }

// cut ends a sequence that does not go on: it was the Escape key.
func (d *decoder) cut() {
	d.state = stateText
	d.emit(key{kind: keyOther})
}

// next takes the oldest key from the queue.
func (d *decoder) next() (key, bool) {
	if d.queued == 0 {
		return key{}, false
	}
	k := d.queue[0]
	copy(d.queue[:], d.queue[1:d.queued])
	d.queued--
	d.queue[d.queued].wipe()
	return k, true
}

func (d *decoder) wipe() { *d = decoder{} }

func (d *decoder) emit(k key) {
	d.queue[d.queued] = k
	d.queued++
}

// feed takes one byte. The queue has to be empty.
func (d *decoder) feed(b byte) {
	switch d.state {
	case stateEscape:
		d.escape(b)
	case stateSequence:
		d.sequence(b)
	case stateSingle:
		d.state = stateText
		d.emit(key{kind: arrow(b)})
	default:
		d.text(b)
	}
}

// text takes a byte outside an escape sequence.
func (d *decoder) text(b byte) {
	if b >= utf8.RuneSelf {
		d.multibyte(b)
		return
	}
	d.giveUp()
	switch {
	case b == 0x1b:
		d.state = stateEscape
	case b < 0x20 || b == 0x7f:
		d.emit(key{kind: control(b)})
	default:
		d.emit(textKey(b))
	}
}

func control(b byte) keyKind {
	switch b {
	case '\r', '\n':
		return keyEnter
	case '\t':
		return keyTab
	case 0x7f, 0x08:
		return keyBackspace
	case 0x15:
		return keyClear
	case 0x17:
		return keyWord
	case 0x03:
		return keyInterrupt
	case 0x04:
		return keyEnd
	}
	return keyOther
}

func textKey(b byte) key { return key{kind: keyText, text: [utf8.UTFMax]byte{b}, n: 1} }

// multibyte takes a byte that belongs to a longer code point.
func (d *decoder) multibyte(b byte) {
	if d.part.n > 0 && utf8.RuneStart(b) {
		d.giveUp()
	}
	d.part.text[d.part.n] = b
	d.part.n++
	if !utf8.FullRune(d.part.bytes()) {
		return
	}
	r, n := utf8.DecodeRune(d.part.bytes())
	if r == utf8.RuneError && n == 1 {
		d.giveUp()
		return
	}
	d.part.kind = keyText
	if r < 0xa0 {
		d.part = key{kind: keyOther} // a C1 control
	}
	d.emit(d.part)
	d.part.wipe()
}

// giveUp emits the bytes of a code point that was never finished one by one:
// whoever checks the answer will say that it is not UTF-8.
func (d *decoder) giveUp() {
	for _, b := range d.part.bytes() {
		d.emit(textKey(b))
	}
	d.part.wipe()
}

// escape takes the byte after ESC.
func (d *decoder) escape(b byte) {
	switch b {
	case '[':
		d.state, d.seqLen, d.seqLong = stateSequence, 0, false
	case 'O':
		d.state = stateSingle
	case 0x1b:
		d.emit(key{kind: keyOther})
	case 0x03, '\r', '\n':
		d.state = stateText
		d.text(b)
	default: // Alt with a key
		d.state = stateText
		d.emit(key{kind: keyOther})
	}
}

// sequence takes a byte after ESC [ (ECMA-48 5.4: parameters, then a final
// byte from 0x40 to 0x7e).
func (d *decoder) sequence(b byte) {
	switch {
	case b < 0x20 || b >= 0x7f: // not part of any sequence
		d.state = stateText
		d.emit(key{kind: keyOther})
		if b == 0x03 {
			d.text(b)
		}
	case b >= 0x40:
		d.state = stateText
		d.emit(key{kind: d.function(b)})
	case d.seqLen < len(d.seq):
		d.seq[d.seqLen] = b
		d.seqLen++
	default:
		d.seqLong = true
	}
}

// function names the key that a finished sequence stands for.
func (d *decoder) function(final byte) keyKind {
	if d.seqLong {
		return keyOther
	}
	if d.seqLen == 0 {
		return arrow(final)
	}
	if final != '~' {
		return keyOther
	}
	switch string(d.seq[:d.seqLen]) {
	case "2":
		return keyInsert
	case "3":
		return keyDelete
	case "200":
		return keyPaste
	case "201":
		return keyPasted
	}
	return keyOther
}

func arrow(final byte) keyKind {
	switch final {
	case 'A', 'D':
		return keyLeft
	case 'B', 'C':
		return keyRight
	}
	return keyOther
}
