//! Where the files of deliveries are to go. Moving them is a step of its own after the commit: a crash between the two
//! leaves it pending, and it is done again.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sqlx::{Any, Transaction};

use super::{
    database::Store,
    error::{Result, StoreError},
    rows::{self, Fields},
};
use crate::model::DeliveryId;

/// A file to be moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Where it is.
    pub from: PathBuf,
    /// Where it is to be.
    pub to: PathBuf,
}

/// What is to happen to a delivery's file. Paths are kept as they are given; they must be UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The delivery.
    pub delivery: DeliveryId,
    /// The claimed file.
    pub source: PathBuf,
    /// Where it is to be: one place, or one a period.
    pub targets: Vec<PathBuf>,
    /// Files of earlier revisions that make room.
    pub superseded: Vec<Move>,
}

impl Store {
    /// The placements that are still to be done, oldest delivery first.
    pub async fn pending_placements(&self) -> Result<Vec<Placement>> {
        let rows = sqlx::query("SELECT * FROM placements WHERE state = 'pending' ORDER BY delivery")
            .fetch_all(self.reader())
            .await
            .map_err(|error| StoreError::of_sql("list the files to be placed", error))?;
        rows::all("placements", &rows, read)
    }

    /// The placements of all deliveries of one claimed file, the first delivery's first.
    pub async fn placements_from(&self, source: &Path) -> Result<Vec<Placement>> {
        let rows = sqlx::query("SELECT * FROM placements WHERE source = $1 ORDER BY delivery")
            .bind(text(source)?)
            .fetch_all(self.reader())
            .await
            .map_err(|error| StoreError::of_sql("look up where the tables of a file are to go", error))?;
        rows::all("placements", &rows, read)
    }

    /// Where one delivery's file was, or still is, to go.
    pub async fn placement(&self, delivery: DeliveryId) -> Result<Option<Placement>> {
        let row = sqlx::query("SELECT * FROM placements WHERE delivery = $1")
            .bind(delivery.to_string())
            .fetch_optional(self.reader())
            .await
            .map_err(|error| StoreError::of_sql("look up where a file is to go", error))?;
        row.map(|row| read(&Fields::new("placements", &row))).transpose()
    }

    /// Records that a claimed file is where its deliveries belong.
    pub async fn placed(&self, source: &Path) -> Result<()> {
        let doing = "record that a file is in its place";
        let failed = |error| StoreError::of_sql(doing, error);
        let mut tx = self.begin(doing).await?;
        sqlx::query("UPDATE placements SET state = 'done' WHERE source = $1")
            .bind(text(source)?)
            .execute(&mut *tx)
            .await
            .map_err(failed)?;
        tx.commit().await.map_err(failed)
    }
}

pub(super) async fn insert(tx: &mut Transaction<'static, Any>, placement: &Placement) -> Result<()> {
    sqlx::query(
        "INSERT INTO placements (delivery, state, source, targets, superseded) VALUES ($1, 'pending', $2, $3, $4)",
    )
    .bind(placement.delivery.to_string())
    .bind(text(&placement.source)?)
    .bind(rows::json("the places of a file", &placement.targets)?)
    .bind(rows::json("the files that make room", &placement.superseded)?)
    .execute(&mut **tx)
    .await
    .map_err(|error| StoreError::of_sql("keep where a file is to go", error))?;
    Ok(())
}

/// Gives a delivery's file another place to go to.
pub(super) async fn replace(tx: &mut Transaction<'static, Any>, placement: &Placement) -> Result<()> {
    sqlx::query("DELETE FROM placements WHERE delivery = $1")
        .bind(placement.delivery.to_string())
        .execute(&mut **tx)
        .await
        .map_err(|error| StoreError::of_sql("change where a file is to go", error))?;
    insert(tx, placement).await
}

fn text(path: &Path) -> Result<String> {
    path.to_str().map(str::to_owned).ok_or_else(|| StoreError::PathNotText(path.to_owned()))
}

fn read(row: &Fields<'_>) -> Result<Placement> {
    Ok(Placement {
        delivery: row.delivery("delivery")?,
        source: row.text("source")?.into(),
        targets: row.json("targets")?,
        superseded: row.json("superseded")?,
    })
}
