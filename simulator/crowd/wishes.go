package crowd

// usualWishes are what options people look for, by what they want, the best first.
func usualWishes() map[Behaviour][]string {
	pay := []string{`\brenew|\bpay\b|\bpaying\b|renovar|renueve|\bpagar`, `\bpayment\b|\bpago\b`}
	return map[Behaviour][]string{
		Pays: pay, Declined: pay, Unclear: pay,
		OptsOut: {
			`stop (these |the |all |our )?calls|do not call|don.t call|not be called|\boff (our|the|this|your) list|opt out`,
			`no (m.s|recibir) llamadas|dejar de recibir|detener (estas|las) llamadas|(no|que no) (me |le )?(vuelvan a )?llam`,
		},
		WantsPerson: {`(speak|talk) (with|to)|\bagent\b|representative|operator|hablar con|agente|representante`},
		Later:       {`another (day|time)|\blater\b|call(ed)? (me |us |you )?back|otro d.a|m.s tarde|otro momento`},
		WrongPerson: {`wrong (person|number)|\bnot (me|you|that person)\b|equivocad|no soy`},
	}
}

// goingOn are options that anybody takes who does not find what they look for: they lead on.
func goingOn() []string {
	return []string{
		`(that is|this is|that.s|you are) (you|me|right|correct)|continue|hear it|go on|es usted|continuar|seguir|escucharlo`,
		`(^|\W)(yes|confirm|correct|s.)(\W|$)`,
		`english`, `espa.ol`,
	}
}

// usualAnswers are what people key in for questions that are no menus. What is theirs is made of their number.
func usualAnswers() []Answer {
	return []Answer{
		{When: `year (that |when )?you were born|year of (your )?birth|birth year|a.o (en que|de|de su) (usted )?naci`, Keys: "{last4}"},
		{When: `last (four|4) digits of (your|the|this) (phone|number)|.ltimos (cuatro|4) d.gitos de su (tel.fono|n.mero)`, Keys: "{last4}"},
		{When: `(zip|postal) code|c.digo postal`, Keys: "{last5}"},
	}
}
