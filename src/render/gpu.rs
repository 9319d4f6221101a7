//! The graphics adapter: found, asked for its limits, and listened to when it fails.

use std::future::Future;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use eframe::wgpu;

use crate::problem::Problem;
use crate::render::error::{ErrorLog, NoAdapter, RenderError};
use crate::render::pipelines::Pipelines;
use crate::render::texture::Blanks;

/// What the adapter calls itself; shown in About and by `bench`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GpuInfo {
    /// The adapter.
    pub name: String,
    /// Vulkan, Metal, Dx12 or Gl.
    pub backend: String,
    /// The driver and its version.
    pub driver: String,
    /// Whether it computes on the CPU: its textures lie in main memory.
    pub is_software: bool,
}

/// Limits the passes plan with, read once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Largest side of a 2D texture, and of a picture.
    pub max_2d: u32,
    /// Largest side of a 3D texture.
    pub max_3d: u32,
    /// Most bytes of one slab of a volume; more slabs are made beyond it.
    pub max_slab_bytes: u64,
    /// Whether the slices of volumes are laid out in bricks: worth it where textures lie row by
    /// row in main memory.
    pub brick_slices: bool,
    /// Largest buffer, bytes; bounds what can be read back.
    pub max_buffer_bytes: u64,
}

impl Caps {
    fn of(limits: &wgpu::Limits, is_software: bool) -> Self {
        Self {
            max_2d: limits.max_texture_dimension_2d,
            max_3d: limits.max_texture_dimension_3d,
            max_slab_bytes: 1 << 30,
            brick_slices: is_software,
            max_buffer_bytes: limits.max_buffer_size,
        }
    }
}

/// A device with all that is made once on it.
pub struct Gpu {
    pub(crate) device: wgpu::Device,
    pub(crate) queue: wgpu::Queue,
    pub(crate) pipelines: Pipelines,
    pub(crate) blanks: Blanks,
    info: GpuInfo,
    caps: Caps,
    errors: Arc<ErrorLog>,
}

/// The limits to ask of an adapter: the defaults every desktop has, with its own texture sizes.
#[must_use]
pub fn required_limits(adapter: &wgpu::Adapter) -> wgpu::Limits {
    let offered = adapter.limits();
    let mut limits = wgpu::Limits::default()
        .using_resolution(offered.clone())
        .or_worse_values_from(&offered);
    limits.max_buffer_size = offered.max_buffer_size;
    limits
}

/// How to ask an adapter for a device; the window's set-up uses the same.
#[must_use]
pub fn device_descriptor(adapter: &wgpu::Adapter) -> wgpu::DeviceDescriptor<'static> {
    wgpu::DeviceDescriptor {
        label: Some("isocentre"),
        required_limits: required_limits(adapter),
        // Volumes are allocated one by one; large pools beside them would only cost memory.
        memory_hints: wgpu::MemoryHints::MemoryUsage,
        ..Default::default()
    }
}

impl Gpu {
    /// A device without a window. `WGPU_BACKEND` and `WGPU_ADAPTER_NAME` choose the adapter.
    ///
    /// # Errors
    /// [`NoAdapter`] with what the drivers said.
    pub fn headless() -> Result<Self, NoAdapter> {
        let adapter = match wgpu::Backends::from_env() {
            Some(backends) => find_adapter(backends)?,
            // OpenGL takes long to start and is asked only when nothing else is there.
            None => find_adapter(wgpu::Backends::PRIMARY)
                .or_else(|_| find_adapter(wgpu::Backends::GL))?,
        };
        let request = adapter.request_device(&device_descriptor(&adapter));
        let (device, queue) = block_on(request).map_err(|error| NoAdapter {
            reason: error.to_string(),
        })?;
        Ok(Self::from_existing(&adapter, device, queue))
    }

    /// On the device of the window.
    #[must_use]
    pub fn from_existing(
        adapter: &wgpu::Adapter,
        device: wgpu::Device,
        queue: wgpu::Queue,
    ) -> Self {
        let errors = Arc::new(ErrorLog::default());
        let log = Arc::clone(&errors);
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            log.report(error.to_string());
        }));
        let log = Arc::clone(&errors);
        device.set_device_lost_callback(move |reason, text| {
            // Dropping the device on purpose is no loss.
            if reason != wgpu::DeviceLostReason::Destroyed {
                log.lose(text);
            }
        });
        let info = adapter.get_info();
        let is_software = info.device_type == wgpu::DeviceType::Cpu;
        Self {
            pipelines: Pipelines::new(&device),
            blanks: Blanks::new(&device),
            info: GpuInfo {
                backend: info.backend.to_string(),
                driver: format!("{} {}", info.driver, info.driver_info)
                    .trim()
                    .to_owned(),
                is_software,
                name: info.name,
            },
            caps: Caps::of(&device.limits(), is_software),
            errors,
            device,
            queue,
        }
    }

    /// The same planning as if the adapter took less or kept textures otherwise, so that slabs and
    /// bricks are used where they would not be.
    #[must_use]
    pub fn with_caps(mut self, restrict: impl FnOnce(&mut Caps)) -> Self {
        let limits = self.caps;
        restrict(&mut self.caps);
        self.caps.max_2d = self.caps.max_2d.min(limits.max_2d);
        self.caps.max_3d = self.caps.max_3d.min(limits.max_3d);
        self
    }

    /// What the adapter calls itself.
    #[must_use]
    pub const fn info(&self) -> &GpuInfo {
        &self.info
    }

    /// Limits.
    #[must_use]
    pub const fn caps(&self) -> &Caps {
        &self.caps
    }

    /// Errors that nobody waited for, each said once. Ask every frame.
    pub fn take_problems(&self) -> Vec<Problem> {
        self.errors.drain()
    }

    /// Whether the device is gone; everything must then be made anew, or drawn with the twin.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.errors.lost().is_some()
    }

    /// Blocks until all submitted work is done.
    ///
    /// # Errors
    /// [`RenderError::Failed`] if the device is lost.
    pub fn wait(&self) -> Result<(), RenderError> {
        self.device
            .poll(wgpu::PollType::Wait {
                submission_index: None,
                timeout: None,
            })
            .map_err(|error| RenderError::Failed(error.to_string()))?;
        match self.errors.lost() {
            Some(reason) => Err(RenderError::Failed(reason)),
            None => Ok(()),
        }
    }

    pub(crate) fn report(&self, reason: String) {
        self.errors.report(reason);
    }

    /// Runs something that creates, and turns what the device says about it into an error.
    pub(crate) fn checked<T>(
        &self,
        bytes: u64,
        create: impl FnOnce(&wgpu::Device) -> T,
    ) -> Result<T, RenderError> {
        let memory = self.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let validation = self.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let internal = self.device.push_error_scope(wgpu::ErrorFilter::Internal);
        let made = create(&self.device);
        let internal = block_on(internal.pop());
        let validation = block_on(validation.pop());
        if block_on(memory.pop()).is_some() {
            return Err(RenderError::OutOfMemory { mib: bytes >> 20 });
        }
        match internal.or(validation) {
            Some(error) => Err(RenderError::Failed(error.to_string())),
            None => Ok(made),
        }
    }
}

fn find_adapter(backends: wgpu::Backends) -> Result<wgpu::Adapter, NoAdapter> {
    let descriptor = wgpu::InstanceDescriptor {
        backends,
        ..wgpu::InstanceDescriptor::new_without_display_handle_from_env()
    };
    let instance = wgpu::Instance::new(descriptor);
    if let Ok(wanted) = std::env::var("WGPU_ADAPTER_NAME") {
        let wanted = wanted.to_lowercase();
        let found = block_on(instance.enumerate_adapters(backends))
            .into_iter()
            .find(|adapter| adapter.get_info().name.to_lowercase().contains(&wanted));
        return found.ok_or_else(|| NoAdapter {
            reason: format!("WGPU_ADAPTER_NAME={wanted}"),
        });
    }
    let options = wgpu::RequestAdapterOptions {
        power_preference: wgpu::PowerPreference::from_env()
            .unwrap_or(wgpu::PowerPreference::HighPerformance),
        ..Default::default()
    };
    block_on(instance.request_adapter(&options)).map_err(|error| NoAdapter {
        reason: error.to_string(),
    })
}

/// Waits for one of wgpu's futures; on the desktop they are ready at once or after a driver call.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = std::pin::pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}
