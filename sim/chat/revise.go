package chat

import (
	"wappasim/fakewa"
	"wappasim/fakewa/revision"
	"wappasim/sim/internal/scene"
)

// edit gives the user's last message other words.
func (c *Chat) edit(rest string) error {
	if rest == "" {
		return errUsage
	}
	return c.revise(func(all []fakewa.Message, id string) (fakewa.Content, error) {
		return revision.Edit(all, c.world.Now(), id, rest)
	})
}

// remove deletes the user's last message for everyone.
func (c *Chat) remove(rest string) error {
	if rest != "" {
		return errUsage
	}
	return c.revise(func(all []fakewa.Message, id string) (fakewa.Content, error) {
		return revision.Delete(all, c.world.Now(), id)
	})
}

func (c *Chat) revise(make func(all []fakewa.Message, id string) (fakewa.Content, error)) error {
	all := c.world.Conversation(c.user)
	id, _, err := revision.Latest(all)
	if err != nil {
		return err
	}
	content, err := make(all, id)
	if err != nil {
		return err
	}
	return c.send(content)
}

// revises writes the change of the user's last message as a step: a sentence with the
// words that it has now, and the new ones if there are any.
func revises(does, with string) func(*Chat, string) string {
	return func(c *Chat, rest string) string {
		_, words, err := revision.Latest(c.world.Conversation(c.user))
		if err != nil {
			return "" // the command says so
		}
		return speaks(does+" "+scene.Quote(words), with)(c, rest)
	}
}
