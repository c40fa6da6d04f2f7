//! Periods as schedules of cron.

use crate::Value;
use crate::builtins::CallError;
use crate::builtins::args::Args;
use crate::scalar::literal;
use kss_span::Origin;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;

pub(super) fn cron(args: &Args) -> Result<Value, CallError> {
    let every = args.duration(0)?;
    let minutes = every / MINUTE;
    match schedule(minutes).filter(|_| every % MINUTE == 0) {
        Some(line) => args.give_text(line),
        None => Err(CallError::at(0, refused(&args.values[0], every))),
    }
}

/// The line of a period in minutes. Cron starts over each hour and each day, so a period must divide these.
fn schedule(minutes: i64) -> Option<String> {
    match minutes {
        1 => Some("* * * * *".to_owned()),
        2..HOUR if HOUR % minutes == 0 => Some(format!("*/{minutes} * * * *")),
        HOUR => Some("0 * * * *".to_owned()),
        DAY => Some("0 0 * * *".to_owned()),
        WEEK => Some("0 0 * * 0".to_owned()),
        _ if minutes > HOUR && minutes < DAY && minutes % HOUR == 0 && DAY % minutes == 0 => {
            Some(format!("0 */{} * * *", minutes / HOUR))
        }
        _ => None,
    }
}

/// With the nearest periods that there are.
fn refused(every: &Value, milliseconds: i64) -> String {
    let periods = || (1..=WEEK).filter(|minutes| schedule(*minutes).is_some());
    let shown = |minutes: i64| literal(&Value::duration(minutes * MINUTE, Origin::NOWHERE));
    let below = periods().take_while(|minutes| minutes * MINUTE < milliseconds).last().and_then(shown);
    let above = periods().find(|minutes| minutes * MINUTE > milliseconds).and_then(shown);
    let near: Vec<String> = [below, above].into_iter().flatten().collect();
    let every = literal(every).unwrap_or_default();
    format!("no line of cron means every {every}; there is {}", near.join(" and "))
}
