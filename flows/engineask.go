package flows

import (
	"slices"
	"strings"
	"time"

	"github.com/paydial/paydial/flows/speak"
)

// answerVar keeps an answer that the caller is asked to confirm. No author can write this name.
const answerVar = "?answer"

// asking is what the four asking verbs have in common.
func asking(v Verb) *Asking {
	switch v := v.(type) {
	case *Menu:
		return &v.Asking
	case *Ask:
		return &v.Asking
	case *Confirm:
		return &v.Asking
	case *ChooseLanguage:
		return &v.Asking
	}
	return &Asking{}
}

func (r *run) tries(a *Asking) int {
	switch {
	case a.Tries > 0:
		return a.Tries
	case r.flow.Defaults.Tries > 0:
		return r.flow.Defaults.Tries
	}
	return defaultTries
}

func (r *run) wait(own time.Duration) time.Duration {
	switch {
	case own > 0:
		return own
	case r.flow.Defaults.Wait > 0:
		return r.flow.Defaults.Wait
	}
	return defaultWait
}

// ask builds the gather of an asking step. before is a hint, said first and without the opening of a menu.
func (r *run) ask(s *Step, before Utterance) error {
	a := asking(s.Verb)
	g := &GatherStop{
		Step: s.ID, Digits: 1, Wait: r.wait(a.Wait), Language: r.st.Language, Listen: a.Speech, Hints: a.Hints,
	}
	if before.Kind != "" {
		g.Speech = append(g.Speech, before)
	}
	var err error
	switch v := s.Verb.(type) {
	case *Menu:
		err = r.menuQuestion(g, v, before.Kind != "")
	case *Ask:
		err = r.askQuestion(g, v)
	case *Confirm:
		var u Utterance
		u, err = r.say(v.Say)
		g.Speech = append(g.Speech, u, r.builtIn(func(p *speak.Pack) string { return p.Confirm(v.Yes, v.No) }))
	case *ChooseLanguage:
		r.languageQuestion(g, v)
	}
	r.out.Stop = g
	return err
}

// menuQuestion says the opening and every option that is offered now. After a hint the opening is left out, if
// the options speak for themselves.
func (r *run) menuQuestion(g *GatherStop, v *Menu, again bool) error {
	options, err := r.spokenOptions(v)
	if err != nil {
		return err
	}
	if !again || len(options) == 0 {
		switch {
		case v.Play != "":
			g.Speech = append(g.Speech, Utterance{Kind: UtterPlay, URL: v.Play, Times: 1})
		case v.Say != nil:
			u, err := r.say(v.Say)
			if err != nil {
				return err
			}
			g.Speech = append(g.Speech, u)
		}
	}
	g.Speech = append(g.Speech, options...)
	for _, o := range v.Options {
		g.Digits = max(g.Digits, len(o.Key))
	}
	return nil
}

// spokenOptions makes one utterance of all options, or one for each language they are in.
func (r *run) spokenOptions(v *Menu) ([]Utterance, error) {
	var out []Utterance
	var text strings.Builder
	for _, o := range v.Options {
		if o.To == nil {
			continue
		}
		if ok, err := r.holds(o.When); err != nil || !ok {
			if err != nil {
				return nil, err
			}
			continue
		}
		u, err := r.say(o.To)
		if err != nil {
			return nil, err
		}
		sentence := speak.For(u.Language).Option(u.Text, o.Key)
		if n := len(out); n > 0 && out[n-1].Language == u.Language {
			text.WriteByte(' ')
			text.WriteString(sentence)
			continue
		}
		finish(out, &text)
		text.WriteString(sentence)
		out = append(out, u)
	}
	finish(out, &text)
	return out, nil
}

// finish gives the last utterance the text that was gathered for it.
func finish(out []Utterance, text *strings.Builder) {
	if len(out) > 0 {
		out[len(out)-1].Text = text.String()
	}
	text.Reset()
}

func (r *run) languageQuestion(g *GatherStop, v *ChooseLanguage) {
	for _, o := range v.Options {
		pack, ok := speak.Lookup(o.Language)
		if ok {
			g.Speech = append(g.Speech, r.utter(pack.LanguageOption(o.Key), o.Language))
			continue
		}
		g.Speech = append(g.Speech, r.utter(pack.Option(o.Language, o.Key), pack.Language))
	}
}

// answerAsk reads what came back from a gather.
func (r *run) answerAsk(s *Step) (ending string, waits bool, err error) {
	keys := strings.TrimSpace(r.in.Keys)
	if r.in.Kind != InputKeys && r.in.Kind != InputSilence {
		_, _, err := r.present(Utterance{}) // not an answer at all: ask again, and count nothing
		return "", err == nil, err
	}
	if r.in.Kind == InputSilence || keys == "" && r.in.Speech == "" {
		r.st.Silent++
		return r.again(s, hintSilent)
	}
	if ending, taken, err := r.anywhere(s, keys); taken || err != nil {
		if err == nil && ending == "" {
			_, _, err = r.present(Utterance{})
			return "", err == nil, err
		}
		return ending, false, err
	}
	switch v := s.Verb.(type) {
	case *Menu:
		ending, err = r.answerMenu(s, v, keys)
	case *Confirm:
		ending = yesOrNo(v.Yes, v.No, keys, r.in.Speech, r.st.Language)
		if ending != "" {
			r.save(s.As, YesNoValue(ending == "yes"))
		}
	case *ChooseLanguage:
		ending = r.answerLanguage(s, v, keys)
	case *Ask:
		return r.answerQuestion(s, v, keys)
	}
	if err != nil || ending != "" {
		return ending, false, err
	}
	r.st.Wrong++
	return r.again(s, hintWrong)
}

// anywhere looks for a key that works everywhere. taken without an ending asks for the question again.
func (r *run) anywhere(s *Step, keys string) (ending string, taken bool, err error) {
	if len(keys) != 1 || r.offers(s, keys) {
		return "", false, nil
	}
	for _, k := range r.flow.Anywhere {
		if k.Key != keys {
			continue
		}
		if k.Target.Kind == TargetScene {
			return anywhereKey + keys, true, nil
		}
		return "", true, nil
	}
	return "", keys == "*", nil
}

// offers tells whether a key is one of the step's own.
func (r *run) offers(s *Step, key string) bool {
	switch v := s.Verb.(type) {
	case *Menu:
		return slices.ContainsFunc(v.Options, func(o *Option) bool {
			ok, err := r.holds(o.When)
			return o.Key == key && ok && err == nil
		})
	case *Confirm:
		return key == v.Yes || key == v.No
	case *ChooseLanguage:
		return slices.ContainsFunc(v.Options, func(o LanguageOption) bool { return o.Key == key })
	case *Ask:
		_, confirming := r.st.Vars[answerVar]
		return confirming && (key == "1" || key == "2")
	}
	return false
}

// hint tells which hint a caller gets.
type hint int

const (
	hintNone hint = iota
	hintSilent
	hintWrong
)

// again asks once more with a hint, or gives up after the last try.
func (r *run) again(s *Step, h hint) (ending string, waits bool, err error) {
	a := asking(s.Verb)
	if r.st.Silent+r.st.Wrong >= r.tries(a) {
		if v, ok := s.Verb.(*ChooseLanguage); ok {
			return r.settleLanguage(s, v), false, nil
		}
		return gaveUp, false, nil
	}
	u, err := r.hintFor(s, a, h)
	if err != nil {
		return "", false, err
	}
	if _, isChoice := s.Verb.(*ChooseLanguage); isChoice { // nobody knows yet which language to say it in
		u = Utterance{}
	}
	_, _, err = r.present(u)
	return "", err == nil, err
}

// hintFor is the hint for the nth silence or wrong answer: the step's own, the flow's, or the built-in one.
func (r *run) hintFor(s *Step, a *Asking, h hint) (Utterance, error) {
	n, own, shared, words := r.st.Silent, a.IfSilent, r.flow.Defaults.IfSilent, (*speak.Pack).Silence
	switch h {
	case hintNone:
		return Utterance{}, nil
	case hintWrong:
		n, own, shared, words = r.st.Wrong, a.IfWrong, r.flow.Defaults.IfWrong, (*speak.Pack).Wrong
	}
	if len(own) == 0 {
		own = shared
	}
	if len(own) == 0 {
		return r.builtIn(func(p *speak.Pack) string { return words(p, n) }), nil
	}
	u, err := r.say(own[min(max(n, 1), len(own))-1])
	if err != nil {
		return u, atStep(s, err)
	}
	return u, nil
}

// answerMenu finds the option of a key or, where speech is allowed, of what was said.
func (r *run) answerMenu(s *Step, v *Menu, keys string) (string, error) {
	for _, o := range v.Options {
		ok, err := r.holds(o.When)
		if err != nil {
			return "", err
		}
		if !ok {
			continue
		}
		heard := false
		if keys == "" && v.Speech && o.To != nil {
			if u, err := r.say(o.To); err == nil {
				heard = saysOption(r.in.Speech, u.Text, o.Key)
			}
		}
		if o.Key == keys || heard {
			r.save(s.As, TextValue(o.Key))
			return o.Key, nil
		}
	}
	return "", nil
}

func (r *run) answerLanguage(s *Step, v *ChooseLanguage, keys string) string {
	for _, o := range v.Options {
		if o.Key == keys {
			r.takeLanguage(s, o.Language)
			return "ok"
		}
	}
	return ""
}

// settleLanguage goes on in the flow's own language, or the first one offered: a caller who says nothing still
// has to be told the rest.
func (r *run) settleLanguage(s *Step, v *ChooseLanguage) string {
	language := v.Options[0].Language
	for _, o := range v.Options {
		if o.Language == r.flow.Speaks[0] {
			language = o.Language
		}
	}
	r.takeLanguage(s, language)
	return "ok"
}

func (r *run) takeLanguage(s *Step, language string) {
	r.st.Language = language
	r.save(s.As, Value{Type: TypeLanguage, Data: quoted(language)})
}

// yesOrNo reads the answer to a question; "" if it is neither.
func yesOrNo(yes, no, keys, speech, language string) string {
	switch {
	case keys != "" && keys == yes:
		return "yes"
	case keys != "" && keys == no:
		return "no"
	case keys != "":
		return ""
	}
	pack, word := speak.For(language), firstWord(speech)
	switch word {
	case strings.ToLower(pack.Yes):
		return "yes"
	case strings.ToLower(pack.No):
		return "no"
	}
	return ""
}
