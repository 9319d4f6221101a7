//! `pacs echo`.

use std::process::ExitCode;

use serde_json::json;

use super::EchoArgs;
use crate::cli::output;
use crate::jobs::JobCtx;
use crate::problem::Message;
use crate::problem::msg;
use crate::text::Words;

pub(super) fn run(args: &EchoArgs) -> ExitCode {
    let service = match args.node.node().and_then(|node| args.node.service(&node)) {
        Ok(service) => service,
        Err(reason) => return output::fail(output::WRONG_USAGE, &reason),
    };
    let echo = match service.echo(&JobCtx::new()) {
        Ok(echo) => echo,
        Err(failure) => {
            let reason = failure.message();
            if args.json {
                let error = Words::system().get(&reason);
                output::print_json(&json!({ "error": error }));
            }
            return output::fail(output::NOTHING_USABLE, &reason);
        }
    };
    let elapsed_ms = (echo.elapsed.as_secs_f64() * 1e4).round() / 10.0;
    if args.json {
        output::print_json(&json!({
            "elapsed_ms": elapsed_ms,
            "implementation": echo.implementation,
            "is_verified": echo.is_verified,
        }));
    } else {
        let message = Message::new(msg("pacs-echo"))
            .text("node", &args.node.node)
            .number("elapsed", elapsed_ms)
            .text("implementation", &echo.implementation);
        output::print(&(Words::system().get(&message) + "\n"));
    }
    ExitCode::SUCCESS
}
