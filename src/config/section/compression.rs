//! `[compression]`: how artifacts are compressed. A level is judged by its method.

use crate::config::CompressionConfig;
use crate::config::reader::Table;
use crate::domain::artifact::Compression;

const METHODS: [(&str, Compression); 3] =
    [("gzip", Compression::Gzip), ("zstd", Compression::Zstd), ("none", Compression::None)];

/// What libdeflate knows.
const GZIP_LEVEL_MAX: u8 = 12;
/// What zstd knows without its `--ultra`, whose windows take hundreds of megabytes.
const ZSTD_LEVEL_MAX: u8 = 19;
const LEVEL_DEFAULT: u8 = 4;
/// More threads than this outrun every source we know, and memory is bounded for them.
const THREADS_MAX: usize = 8;

pub(super) fn read(table: &mut Table<'_>) -> CompressionConfig {
    let method = table.word("method", &METHODS, Compression::Gzip, "gzip");
    let level_max = match method {
        Compression::Gzip => GZIP_LEVEL_MAX,
        Compression::Zstd | Compression::None | Compression::Internal => ZSTD_LEVEL_MAX,
    };
    let level = table.integer("level", 1..=level_max, LEVEL_DEFAULT);
    let threads = match table.integer("threads", 0..=THREADS_MAX, 0) {
        0 => std::thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX),
        threads => threads,
    };
    CompressionConfig { method, level, threads }
}
