//! The table of actions against the catalogues and the tools.

use std::collections::BTreeSet;

use isocentre::action::{ACTIONS, Deed, Group};
use isocentre::text::{Language, Words};
use isocentre::tool::{BINDINGS, Does, TOOLS, tool};

#[test]
fn every_action_has_a_name_in_every_language() {
    for language in Language::ALL {
        let words = Words::new(language);
        for action in ACTIONS {
            let name = words.id(action.label);
            // An id no catalogue holds comes back as itself.
            assert_ne!(name, action.label.0, "{language:?}");
        }
    }
}

#[test]
fn no_two_actions_have_the_same_name() {
    for language in Language::ALL {
        let words = Words::new(language);
        let names: BTreeSet<_> = ACTIONS
            .iter()
            .map(|action| words.id(action.label))
            .collect();
        assert_eq!(names.len(), ACTIONS.len(), "{language:?}");
    }
}

#[test]
fn every_tool_has_an_action_and_every_tool_action_its_tool() {
    let mut named = BTreeSet::new();
    for action in ACTIONS {
        if let Deed::Tool(id) = action.deed {
            let tool = tool(id).unwrap_or_else(|| panic!("no tool {id}"));
            assert_eq!(tool.label(), action.label);
            named.insert(id);
        }
    }
    for tool in TOOLS {
        assert!(named.contains(tool.id()), "no action for {}", tool.id());
    }
}

#[test]
fn every_group_of_the_help_sheet_has_actions() {
    for group in Group::ALL {
        assert!(
            ACTIONS.iter().any(|action| action.group == group),
            "{group:?}"
        );
    }
}

#[test]
fn every_shortcut_can_be_said_in_every_language() {
    for language in Language::ALL {
        let words = Words::new(language);
        for shortcut in ACTIONS.iter().flat_map(|action| action.shortcuts) {
            for part in shortcut.parts() {
                assert_ne!(words.get(&part), part.id.0, "{language:?} {shortcut:?}");
            }
        }
    }
}

#[test]
fn every_tool_has_a_key_of_its_own_and_says_what_it_does_in_every_language() {
    let ids: BTreeSet<_> = TOOLS.iter().map(|tool| tool.id()).collect();
    assert_eq!(ids.len(), TOOLS.len());
    for language in Language::ALL {
        let words = Words::new(language);
        let helps: BTreeSet<_> = TOOLS.iter().map(|tool| words.id(tool.help())).collect();
        assert_eq!(helps.len(), TOOLS.len(), "{language:?}");
        for tool in TOOLS {
            assert_ne!(words.id(tool.help()), tool.help().0, "{language:?}");
        }
    }
}

#[test]
fn every_tool_named_by_a_binding_is_there() {
    for row in BINDINGS {
        if let Does::Tool(id) = row.does {
            assert!(tool(id).is_some(), "{row:?}");
        }
    }
}
