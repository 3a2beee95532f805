package group

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

func (l *List) make(subject, description string, approval bool) *Group {
	sum := l.srv.Draw("group " + subject)
	digits := ""
	for _, b := range sum[:13] {
		digits += strconv.Itoa(int(b % 10))
	}
	// As Meta's ids, which have ZD in the place of "=".
	id := base64.RawStdEncoding.EncodeToString([]byte("capi_group:"+l.srv.DisplayNumber+":12036"+digits)) + "ZD"
	g := &Group{ID: id, Subject: subject, Description: description, Approval: approval, Created: l.srv.Now()}
	g.InviteLink = l.link(g)
	l.groups = append(l.groups, g)
	return g
}

// link makes an invite link. Older ones end.
func (l *List) link(g *Group) string {
	g.links++
	sum := l.srv.Draw(fmt.Sprint("invite link ", g.links, " of ", g.ID))
	return "https://chat.whatsapp.com/" + base64.RawURLEncoding.EncodeToString(sum[:16])
}

func (l *List) requestID() string {
	sum := l.srv.Draw("group request")
	return strings.ToUpper(fmt.Sprintf("%x", sum[:16]))
}

func (l *List) joinID(g *Group, user string) string {
	sum := l.srv.Draw("join request " + g.ID + user)
	return base64.RawURLEncoding.EncodeToString(sum[:24])
}
