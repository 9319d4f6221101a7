//! The queue, from outside.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use crossbeam_channel::Receiver;
use crossbeam_channel::Sender;
use crossbeam_channel::bounded;
use crossbeam_channel::unbounded;
use isocentre::jobs::Cancelled;
use isocentre::jobs::Generation;
use isocentre::jobs::JobRequest;
use isocentre::jobs::Outcome;
use isocentre::jobs::Priority;
use isocentre::jobs::Queue;
use isocentre::jobs::Waker;
use isocentre::problem::Message;
use isocentre::problem::MessageId;

const PANIC: &str = "a decoder gave up (this panic is part of a test)";
const PATIENCE: Duration = Duration::from_secs(20);

fn no_waker() -> Waker {
    Arc::new(|| {})
}

fn title() -> Message {
    Message::new(MessageId("a-job"))
}

fn request(priority: Priority) -> JobRequest {
    JobRequest {
        title: title(),
        priority,
        generation: None,
        is_shown: true,
    }
}

/// Occupies one worker until the sender is dropped; returns once the job runs.
fn block(queue: &Queue, priority: Priority) -> Sender<()> {
    let (release, released) = bounded::<()>(0);
    let (began, has_begun) = bounded(1);
    queue.spawn(title(), priority, true, move |_| {
        began.send(()).unwrap();
        released.recv().unwrap_err();
    });
    has_begun.recv_timeout(PATIENCE).unwrap();
    release
}

fn all<T>(receiver: &Receiver<T>, count: usize) -> Vec<T> {
    (0..count)
        .map(|_| receiver.recv_timeout(PATIENCE).unwrap())
        .collect()
}

#[test]
fn the_most_urgent_job_goes_first_and_equals_in_order() {
    let queue = Queue::with_threads(1, no_waker());
    let blocked = [
        block(&queue, Priority::Compute),
        block(&queue, Priority::Interaction),
    ];
    let (sender, receiver) = unbounded();
    for (name, priority) in [
        ("compute", Priority::Compute),
        ("prefetch 1", Priority::Prefetch),
        ("prefetch 2", Priority::Prefetch),
        ("thumbnail", Priority::Thumbnail),
    ] {
        let sender = sender.clone();
        queue.spawn(title(), priority, false, move |_| {
            sender.send(name).unwrap();
        });
    }
    let late = {
        let sender = sender.clone();
        queue.spawn(title(), Priority::Compute, false, move |_| {
            sender.send("raised").unwrap();
        })
    };
    assert!(queue.reprioritise(late, Priority::Thumbnail));
    drop(blocked);
    assert_eq!(
        all(&receiver, 5),
        ["thumbnail", "raised", "prefetch 1", "prefetch 2", "compute"]
    );
}

#[test]
fn an_interaction_finds_a_thread_while_long_work_fills_the_others() {
    let queue = Queue::with_threads(2, no_waker());
    let _blocked = [
        block(&queue, Priority::Compute),
        block(&queue, Priority::Prefetch),
    ];
    let (sender, receiver) = unbounded();
    let low = sender.clone();
    queue.spawn(title(), Priority::Thumbnail, false, move |_| {
        low.send("low").unwrap();
    });
    queue.spawn(title(), Priority::Interaction, false, move |_| {
        sender.send("interaction").unwrap();
    });
    assert_eq!(all(&receiver, 1), ["interaction"]);
    assert!(receiver.recv_timeout(Duration::from_millis(50)).is_err());
}

#[test]
fn every_job_is_finished_exactly_once_cancelled_or_not() {
    let queue = Queue::with_threads(1, no_waker());
    let blocked = block(&queue, Priority::Compute);
    let (sender, receiver) = unbounded();
    let submit = |generation: u64| {
        let sender = sender.clone();
        let request = JobRequest {
            generation: Some(Generation(generation)),
            ..request(Priority::Compute)
        };
        queue.submit(
            request,
            move |ctx| {
                ctx.check()?;
                Ok(generation)
            },
            move |outcome| {
                let ran = matches!(outcome, Outcome::Done(value) if value == generation);
                sender.send((generation, ran)).unwrap();
            },
        )
    };
    let cancelled = submit(7);
    for generation in [1, 2, 3] {
        submit(generation);
    }
    queue.cancel(cancelled);
    queue.drop_generations_before(Generation(3));
    drop(blocked);
    let mut outcomes = all(&receiver, 4);
    outcomes.sort_unstable();
    assert_eq!(outcomes, [(1, false), (2, false), (3, true), (7, false)]);
    assert!(queue.wait_until_idle(PATIENCE));
    assert!(receiver.is_empty());
}

#[test]
fn a_running_job_hears_that_it_is_cancelled() {
    let queue = Queue::with_threads(1, no_waker());
    let (sender, receiver) = unbounded();
    let id = queue.submit(
        request(Priority::Compute),
        |ctx| -> Result<(), Cancelled> {
            let end = Instant::now() + PATIENCE;
            while Instant::now() < end {
                ctx.check()?;
                std::thread::yield_now();
            }
            Ok(())
        },
        move |outcome| sender.send(matches!(outcome, Outcome::Cancelled)).unwrap(),
    );
    queue.cancel(id);
    assert!(receiver.recv_timeout(PATIENCE).unwrap());
}

#[test]
fn a_panic_costs_one_job_and_names_it() {
    let queue = Queue::with_threads(1, no_waker());
    let (sender, receiver) = unbounded();
    let after = sender.clone();
    queue.submit(
        request(Priority::Compute),
        |_| -> Result<(), Cancelled> { panic!("{PANIC}") },
        move |outcome| {
            sender
                .send(matches!(outcome, Outcome::Panicked(_)))
                .unwrap();
        },
    );
    queue.spawn(title(), Priority::Compute, false, move |_| {
        after.send(true).unwrap();
    });
    assert_eq!(all(&receiver, 2), [true, true]);
    let problems = queue.problems();
    assert_eq!(problems.len(), 1);
    let named = Message::new(MessageId("job-panicked"))
        .message("job", title())
        .text("detail", PANIC);
    assert_eq!(problems[0].message, named);
    // Nor does a panic while the outcome is handed over cost the thread.
    queue.submit(
        request(Priority::Compute),
        |_| Ok(()),
        |_| panic!("the receiver gave up (this panic is part of a test)"),
    );
    assert!(queue.wait_until_idle(PATIENCE));
}

#[test]
fn the_list_of_jobs_says_how_far_each_is_and_hides_what_is_not_shown() {
    let queue = Queue::with_threads(1, no_waker());
    let (release, released) = bounded::<()>(0);
    let (began, has_begun) = bounded(1);
    let id = queue.spawn(title(), Priority::Compute, true, move |ctx| {
        ctx.progress(3, 4);
        began.send(()).unwrap();
        released.recv().unwrap_err();
    });
    has_begun.recv_timeout(PATIENCE).unwrap();
    let waiting = queue.spawn(title(), Priority::Prefetch, true, |_| {});
    queue.spawn(title(), Priority::Prefetch, false, |_| {});
    let jobs = queue.running();
    assert_eq!(
        jobs.iter().map(|job| job.id).collect::<Vec<_>>(),
        [id, waiting]
    );
    assert_eq!((jobs[0].progress.done, jobs[0].progress.of), (3, 4));
    assert!(jobs[0].running > Duration::ZERO);
    assert_eq!(
        (jobs[1].running, jobs[1].time_left()),
        (Duration::ZERO, None)
    );
    assert!(queue.is_alive(id) && queue.is_alive(waiting));
    assert!(!queue.wait_until_idle(Duration::from_millis(10)));
    drop(release);
    assert!(queue.wait_until_idle(PATIENCE));
    assert!(queue.running().is_empty() && !queue.is_alive(id));
}

#[test]
fn no_job_is_forgotten_and_each_wakes_the_window() {
    let wakes = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&wakes);
    let queue = Queue::with_threads(
        3,
        Arc::new(move || {
            counted.fetch_add(1, Ordering::SeqCst);
        }),
    );
    let done = Arc::new(AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for index in 0..500 {
                    let done = Arc::clone(&done);
                    let priority = Priority::ALL[index % 4];
                    queue.spawn(title(), priority, false, move |_| {
                        done.fetch_add(1, Ordering::SeqCst);
                    });
                    if index % 50 == 0 {
                        std::thread::sleep(Duration::from_millis(1)); // lets the workers fall asleep
                    }
                }
            });
        }
    });
    assert!(queue.wait_until_idle(PATIENCE));
    assert_eq!(done.load(Ordering::SeqCst), 2000);
    drop(queue); // joins the workers, so that the last waker has been called
    assert_eq!(wakes.load(Ordering::SeqCst), 2000);
}

#[test]
fn the_end_of_the_program_waits_for_no_job_that_was_not_begun() {
    let queue = Queue::with_threads(2, no_waker());
    let begun = Arc::new(AtomicUsize::new(0));
    let stopped = Arc::new(Mutex::new(Vec::new()));
    let (sender, receiver) = unbounded();
    for _ in 0..2 {
        let stopped = Arc::clone(&stopped);
        let sender = sender.clone();
        queue.spawn(title(), Priority::Compute, true, move |ctx| {
            sender.send(()).unwrap();
            let end = Instant::now() + PATIENCE;
            while ctx.check().is_ok() && Instant::now() < end {
                std::thread::yield_now();
            }
            stopped.lock().unwrap().push(ctx.check().is_err());
        });
    }
    all(&receiver, 2);
    for _ in 0..100 {
        let begun = Arc::clone(&begun);
        queue.spawn(title(), Priority::Compute, true, move |_| {
            begun.fetch_add(1, Ordering::SeqCst);
        });
    }
    let start = Instant::now();
    drop(queue);
    assert!(start.elapsed() < PATIENCE / 2);
    assert_eq!(*stopped.lock().unwrap(), [true, true]);
    assert_eq!(begun.load(Ordering::SeqCst), 0);
}
