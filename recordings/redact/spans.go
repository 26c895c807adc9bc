package redact

import (
	"cmp"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/paydial/paydial/internal/carddata"
)

// spans makes edits of the marks and of what is known by its form.
func (j *judge) spans() map[int][]edit {
	last := -1 // the marked item before
	for i, k := range j.marks {
		if k == "" {
			continue
		}
		it := j.items[i]
		all := j.edits[it.line]
		if last >= 0 && j.marks[last] == k && j.items[last].line == it.line && j.onlyFillers(last, i) {
			all[len(all)-1].to = max(all[len(all)-1].to, it.to)
		} else {
			all = append(all, edit{from: it.from, to: it.to, kind: k})
		}
		j.edits[it.line] = all
		last = i
	}
	own := map[int]bool{}
	for _, it := range j.items {
		if own[it.line] || it.foreign {
			continue
		}
		own[it.line] = true
		j.forms(it.line)
	}
	for line, all := range j.edits {
		j.edits[line] = merge(all)
	}
	return j.edits
}

func (j *judge) onlyFillers(from, to int) bool {
	for _, it := range j.items[from+1 : to] {
		if !it.foreign && it.kind != itemFiller {
			return false
		}
	}
	return true
}

var (
	// ibanForm is an international bank account number (ISO 13616), which has a check of its own.
	ibanForm = regexp.MustCompile(`\b[A-Za-z]{2}[0-9]{2}(?:[ -]?[A-Za-z0-9]{1,4}){3,8}\b`)
	// fiscalForm is Italy's codice fiscale.
	fiscalForm = regexp.MustCompile(`\b[A-Za-z]{6}[0-9]{2}[A-Za-z][0-9]{2}[A-Za-z][0-9]{3}[A-Za-z]\b`)
)

// forms adds what is known by its form alone.
func (j *judge) forms(line int) {
	text := j.lines[line].Text
	add := func(spans [][2]int, kind Kind) {
		for _, sp := range spans {
			j.edits[line] = append(j.edits[line], edit{from: sp[0], to: sp[1], kind: kind})
		}
	}
	if j.rules.Cards { // the rule of every other store of ours, so that none of them sees another thing
		add(carddata.Spans(text, carddata.Prose), Card)
	}
	if j.rules.IDs {
		add(found(fiscalForm, text, nil), ID)
	}
	if j.rules.Bank {
		add(found(ibanForm, text, isIBAN), Bank)
	}
}

func found(form *regexp.Regexp, text string, holds func(string) bool) [][2]int {
	var out [][2]int
	for _, at := range form.FindAllStringIndex(text, -1) {
		match := text[at[0]:at[1]]
		for holds != nil && match != "" && !holds(match) { // words behind it look like more of it
			match = match[:max(strings.LastIndexAny(match, " -"), 0)]
		}
		if match != "" {
			out = append(out, [2]int{at[0], at[0] + len(match)})
		}
	}
	return out
}

// isIBAN checks an IBAN's check digits: read as a number with its first four characters behind, and letters as 10 to
// 35, it leaves 1 when it is divided by 97.
func isIBAN(s string) bool {
	s = strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(s))
	if len(s) < 15 || len(s) > 34 {
		return false
	}
	var digits strings.Builder
	for _, c := range s[4:] + s[:4] {
		if c >= 'A' {
			digits.WriteString(big.NewInt(int64(c-'A') + 10).String())
			continue
		}
		digits.WriteRune(c)
	}
	n, ok := new(big.Int).SetString(digits.String(), 10)
	return ok && n.Mod(n, big.NewInt(97)).Int64() == 1
}

// typedIDs marks numbers of people that are known by how they are typed: 123-45-6789, 123.456.789-09.
func (j *judge) typedIDs() {
	forms := []struct {
		lens []int
		seps []string
	}{
		{[]int{3, 2, 4}, []string{"-", "-"}},
		{[]int{3, 3, 3, 2}, []string{".", ".", "-"}},
	}
	for i := range j.items {
		for _, f := range forms {
			if !j.typedAs(i, f.lens, f.seps) {
				continue
			}
			for k := range f.lens {
				if j.marks[i+k] == "" {
					j.marks[i+k] = ID
				}
			}
		}
	}
}

func (j *judge) typedAs(i int, lens []int, seps []string) bool {
	for k, n := range lens {
		if !j.numberAt(i+k, j.items[i].line) {
			return false
		}
		it := j.items[i+k]
		if !it.number.typed || it.number.n != n || k > 0 && it.sep != seps[k-1] {
			return false
		}
	}
	return true
}

// merge sorts edits and makes one of those that overlap.
func merge(all []edit) []edit {
	slices.SortStableFunc(all, func(a, b edit) int { return cmp.Compare(a.from, b.from) })
	var out []edit
	for _, e := range all {
		e.text = e.kind.mask()
		if n := len(out); n > 0 && e.from < out[n-1].to {
			out[n-1].to = max(out[n-1].to, e.to)
			continue
		}
		out = append(out, e)
	}
	return out
}

// hold gives edits that take out the numbers that are still open, for each line of the track.
func (t *talk) hold() map[int][]edit {
	out := map[int][]edit{}
	sums := map[int]int{}
	for i, it := range t.items {
		if it.foreign {
			continue
		}
		if _, seen := out[it.line]; !seen {
			out[it.line] = nil
		}
		if it.kind != itemNumber || it.money || it.month {
			continue
		}
		all := out[it.line]
		if n := len(all); n > 0 && t.items[i-1].kind == itemNumber && !t.items[i-1].money && !t.items[i-1].month && t.items[i-1].line == it.line {
			all[n-1].to = max(all[n-1].to, it.to)
			sums[it.line] += it.number.n
		} else {
			all = append(all, edit{from: it.from, to: it.to})
			sums[it.line] = it.number.n
		}
		all[len(all)-1].text = heldMask(sums[it.line])
		out[it.line] = all
	}
	return out
}
