//! Seeded data: rows and files as an asset register has them, the same on every machine. Names,
//! prose, hex, dates, JSON, and a log; photos that do not compress; small texts cut from a dump.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context as _, Result};
use chrono::DateTime;

const NOUNS: [&str; 16] = [
    "Escritorio",
    "Silla giratoria",
    "Computadora",
    "Impresora",
    "Camioneta",
    "Motocicleta",
    "Archivador",
    "Pizarra",
    "Proyector",
    "Servidor",
    "Teclado",
    "Monitor",
    "Estante",
    "Ventilador",
    "Cámara",
    "Teléfono",
];
const QUALITIES: [&str; 12] = [
    "de melamina color cedro",
    "de metal",
    "marca HP",
    "marca Lenovo",
    "marca Epson",
    "de madera",
    "modelo 2015",
    "usado",
    "nuevo",
    "sin marca",
    "de 24 pulgadas",
    "de tres gavetas",
];
/// What people write in a field of remarks: the same things, over and over, in their own words.
const REMARKS: [&str; 12] = [
    "Bien transferido de la dirección de logística según acta de entrega del",
    "Se encuentra en regular estado de conservación; requiere mantenimiento antes del",
    "Adquirido por la municipalidad con orden de compra del",
    "Ubicado en el segundo piso, oficina de patrimonio, verificado el",
    "Sin observaciones en el inventario físico realizado el",
    "Asignado al responsable de la unidad de tesorería desde el",
    "No cuenta con número de serie visible. Revisado el",
    "Donación de la dirección regional de educación recibida el",
    "Pendiente de baja por la comisión de gestión patrimonial, expediente del",
    "Reubicado del almacén central a la oficina de catastro el",
    "Presenta rayaduras en la parte superior y una pieza rota, constatado el",
    "El usuario solicita su reposición mediante el informe del",
];
const WORDS: &str = "de la el en y a los se del las un por con una su para es al lo como más o pero sus le ha \
    este sí porque esta entre cuando muy sin sobre también hasta hay donde quien desde todo nos durante todos uno \
    observado conforme pendiente ubicación responsable inventario código serie marca modelo color estado valor fecha";
const FIRST: [&str; 16] = [
    "María", "José", "Rosa", "Juan", "Luz", "Carlos", "Ana", "Luis", "Elena", "Jorge", "Carmen", "Víctor", "Julia",
    "Pedro", "Norma", "Raúl",
];
const LAST: [&str; 16] = [
    "Quispe", "Mamani", "Flores", "Condori", "Huanca", "Rojas", "Choque", "Vargas", "Apaza", "Ramos", "Ccama",
    "Torres", "Pari", "Gonzales", "Silva", "Souza",
];
const LOG_BEGINS_MILLIS: i64 = 1_700_000_000_000;
const PATHS: [&str; 6] = ["/assets/", "/assets/edit/", "/api/v1/assets/", "/media/photo/", "/reports/", "/login/"];
const AGENTS: [&str; 3] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0",
    "Mozilla/5.0 (Android 13; Mobile) Firefox/131.0",
    "curl/8.5.0",
];

/// Numbers without a pattern (splitmix64).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// 0 to `below` - 1.
    pub fn below(&mut self, below: u64) -> u64 {
        self.next() % below
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[usize::try_from(self.next()).unwrap_or(0) % from.len()]
    }
}

/// Writes rows as COPY reads them.
pub struct Rows {
    random: Random,
    words: Vec<&'static str>,
    /// The time of the log, in milliseconds since 1970: it only goes forward.
    clock_millis: i64,
    line: String,
}

impl Rows {
    pub fn new(seed: u64) -> Self {
        let words = WORDS.split_whitespace().collect();
        Self { random: Random::new(seed), words, clock_millis: LOG_BEGINS_MILLIS, line: String::new() }
    }

    /// An asset: about 540 bytes of names, prose, hex, dates and JSON.
    pub fn asset(&mut self, id: u64) -> &str {
        self.line.clear();
        let (owner, date, noted) = (self.person(), self.date(), self.moment());
        let cents = self.random.below(900_000);
        let (noun, quality) = (self.random.pick(&NOUNS), self.random.pick(&QUALITIES));
        let _ = write!(self.line, "{id}\tPUN-{:06}\t{noun} {quality}\t{owner}\t", self.random.below(1_000_000));
        for _ in 0..=self.random.below(2) {
            let (remark, date) = (self.random.pick(&REMARKS), self.date());
            let _ = write!(self.line, "{remark} {date}. ");
        }
        self.prose(6, 18);
        let _ = write!(self.line, "\tphotos/{}/{:016x}.jpg\t", &date[..7], self.random.next());
        for _ in 0..4 {
            let _ = write!(self.line, "{:016x}", self.random.next());
        }
        let _ = write!(self.line, "\t{date}\t{noted}\t{}.{:02}\t", cents / 100, cents % 100);
        let _ = write!(
            self.line,
            "{{\"room\": \"A-{}\", \"serial\": \"{:010x}\", ",
            cents % 300,
            self.random.below(1 << 40)
        );
        let (checked, count) = (cents.is_multiple_of(2), self.random.below(50));
        let _ = writeln!(self.line, "\"checked\": {checked}, \"count\": {count}}}");
        &self.line
    }

    /// A line of a log: about 170 bytes.
    pub fn log(&mut self, id: u64) -> &str {
        self.line.clear();
        let random = &mut self.random;
        self.clock_millis += i64::try_from(random.below(4_000)).unwrap_or(0);
        let moment = DateTime::from_timestamp_millis(self.clock_millis).unwrap_or_default();
        let moment = moment.format("%Y-%m-%d %H:%M:%S%.3f+00");
        let (path, agent) = (random.pick(&PATHS), random.pick(&AGENTS));
        let [a, b, user, asset, bytes, micros] = [3, 40, 90, 1_500_000, 90_000, 800_000].map(|n| random.below(n));
        let status = [200, 200, 200, 200, 302, 404][usize::try_from(random.below(6)).unwrap_or(0)];
        let _ = write!(self.line, "{id}\t{moment}\t{user}\t10.12.{a}.{b}\tGET\t{path}{asset}\t{status}\t{bytes}\t");
        let _ = writeln!(self.line, "0.{micros:06}\t{agent}");
        &self.line
    }

    /// Words of which some are used far more often than others, as in any language.
    fn prose(&mut self, least: u64, most: u64) {
        let count = least + self.random.below(most - least + 1);
        let known = self.words.len() as u64;
        for nth in 0..count {
            let (a, b) = (self.random.below(known), self.random.below(known));
            let word = self.words[usize::try_from(a * b / known).unwrap_or(0)];
            if nth > 0 {
                self.line.push(' ');
            }
            self.line.push_str(word);
        }
    }

    fn person(&mut self) -> String {
        let random = &mut self.random;
        format!("{} {} {}", random.pick(&FIRST), random.pick(&LAST), random.pick(&LAST))
    }

    fn date(&mut self) -> String {
        let random = &mut self.random;
        format!("{}-{:02}-{:02}", 2005 + random.below(20), 1 + random.below(12), 1 + random.below(28))
    }

    fn moment(&mut self) -> String {
        let date = self.date();
        let random = &mut self.random;
        let [hour, minute, second, micros] = [24, 60, 60, 1_000_000].map(|n| random.below(n));
        format!("{date} {hour:02}:{minute:02}:{second:02}.{micros:06}+00")
    }
}

/// Makes a folder once: what is whole is kept under its name.
pub fn once(folder: &Path, make: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let unfinished = folder.with_extension("new");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished)?;
    }
    println!("making {}", folder.display());
    fs::create_dir_all(&unfinished)?;
    make(&unfinished).with_context(|| format!("make {}", folder.display()))?;
    fs::rename(unfinished, folder)?;
    Ok(())
}

/// Photos of 80 to 400 kB, which do not compress, and among them papers, which do.
pub fn photos(folder: &Path, photos: u64, papers: u64) -> Result<()> {
    let mut random = Random::new(2);
    for number in 0..photos {
        let words = (80_000 + random.below(320_000)) / 8;
        let mut file = create(&folder.join(format!("{:02}", number / 100)), &format!("asset-{number:05}.jpg"))?;
        for _ in 0..words {
            file.write_all(&random.next().to_le_bytes())?;
        }
        file.flush()?;
    }
    texts(&folder.join("papers"), papers, 100, 20_000, 120_000)
}

/// Texts of `least` to `most` bytes, cut from what a dump holds.
pub fn texts(folder: &Path, count: u64, in_each_folder: u64, least: u64, most: u64) -> Result<()> {
    let (mut random, mut rows) = (Random::new(3), Rows::new(4));
    let mut text = Vec::new();
    for number in 0..count {
        let length = usize::try_from(least + random.below(most - least))?;
        while text.len() < length {
            let id = random.below(1_500_000);
            text.extend_from_slice(if id % 2 == 0 { rows.asset(id) } else { rows.log(id) }.as_bytes());
        }
        let mut file = create(&folder.join(format!("{:03}", number / in_each_folder)), &format!("{number:07}.txt"))?;
        file.write_all(&text[..length])?;
        file.flush()?;
        text.drain(..length);
    }
    Ok(())
}

fn create(folder: &Path, name: &str) -> Result<BufWriter<fs::File>> {
    fs::create_dir_all(folder)?;
    Ok(BufWriter::new(fs::File::create(folder.join(name))?))
}
