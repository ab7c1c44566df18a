package mnemonic

import "testing"

func BenchmarkPrepareTenLists(b *testing.B) {
	for b.Loop() {
		for _, language := range Languages() {
			newList(language.list().sentence)
		}
	}
}

func BenchmarkDetect(b *testing.B) {
	for b.Loop() {
		m, err := Parse([]byte(abandonAbout), "")
		if err != nil {
			b.Fatal(err)
		}
		m.Close()
	}
}

func BenchmarkWrongWord(b *testing.B) {
	for b.Loop() {
		_, _ = Parse([]byte(abandonAbout+"x abandon y abandon"), "")
	}
}

func BenchmarkNearest(b *testing.B) {
	for b.Loop() {
		English.Nearest([]byte("abadnon"), 5)
	}
}

func BenchmarkSeed(b *testing.B) {
	m := parse(b, abandonAbout, English)
	for b.Loop() {
		s, err := m.Seed(nil)
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}
