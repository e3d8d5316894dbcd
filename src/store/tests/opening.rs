use super::*;

async fn pretend_a_newer_program_was_here(home: &Home) {
    let store = home.store().await;
    let mut tx = store.begin("test").await.unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'from the future', TRUE, x'00', 0)",
    )
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_database_from_a_newer_version_is_refused() {
    let home = Home::new();
    pretend_a_newer_program_was_here(&home).await;
    let error = Store::open(&home.database(), &home.measures()).await.unwrap_err();
    assert!(matches!(error, StoreError::NewerDatabase { found: 9999, known: 10, .. }), "{error}");
    let message = error.to_string();
    assert!(message.contains("newer bellwether") && message.contains("bellwether.db"), "{message}");
    let error = Store::open_read_only(&home.database(), &home.measures()).await.unwrap_err();
    assert!(matches!(error, StoreError::NewerDatabase { .. }), "{error}");
}

#[tokio::test]
async fn a_home_that_was_never_started_has_nothing_yet() {
    let home = Home::new();
    assert!(home.reader().await.is_none());
    assert!(!home.database().exists(), "looking must not make a database");
    // As a crash between making the file and making the tables leaves it.
    std::fs::write(home.database(), b"").unwrap();
    assert!(home.reader().await.is_none());
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named_as_damaged() {
    let home = Home::new();
    std::fs::write(home.database(), "contract,planned,delivered\n".repeat(100)).unwrap();
    let error = Store::open(&home.database(), &home.measures()).await.unwrap_err();
    assert!(matches!(error, StoreError::DamagedDatabase { .. }), "{error}");
    let error = Store::open_read_only(&home.database(), &home.measures()).await.unwrap_err();
    assert!(matches!(error, StoreError::DamagedDatabase { .. }), "{error}");
}

#[tokio::test]
async fn a_folder_that_is_not_there_cannot_hold_a_database() {
    let home = Home::new();
    let error = Store::open(&home.0.path().join("no/such/folder.db"), &home.measures()).await.unwrap_err();
    assert!(matches!(error, StoreError::CannotOpen { .. }), "{error}");
}

#[tokio::test]
async fn any_path_that_is_text_will_do() {
    let home = Home::new();
    let folder = home.0.path().join("NHS Ærø #1? 50% a&b=c");
    std::fs::create_dir(&folder).unwrap();
    let database = folder.join("state 1.db");
    Store::open(&database, &home.measures()).await.unwrap().close().await;
    assert!(database.exists());
    assert!(Store::open_read_only(&database, &home.measures()).await.unwrap().is_some());
}

#[tokio::test]
async fn the_settings_that_keep_data_safe_are_on() {
    let home = Home::new();
    let store = home.store().await;
    let mut tx = store.begin("test").await.unwrap();
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *tx).await.unwrap();
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *tx).await.unwrap();
    let foreign_keys: i64 = sqlx::query_scalar("PRAGMA foreign_keys").fetch_one(&mut *tx).await.unwrap();
    // 2 is FULL: https://www.sqlite.org/pragma.html#pragma_synchronous
    assert_eq!((journal.as_str(), synchronous, foreign_keys), ("wal", 2, 1));
}

#[tokio::test]
async fn a_reader_sees_the_last_commit_while_another_is_under_way() {
    let home = Home::new();
    let store = home.store().await;
    let first = delivery(1, "2025-09");
    store.commit(&of(&first)).await.unwrap();

    let mut tx = store.begin("test").await.unwrap();
    sqlx::query("DELETE FROM delivery_periods").execute(&mut *tx).await.unwrap();
    sqlx::query("DELETE FROM deliveries").execute(&mut *tx).await.unwrap();
    let reader = home.reader().await.unwrap();
    assert_eq!(reader.deliveries(&DeliveryFilter::default()).await.unwrap().len(), 1);
    assert_eq!(store.deliveries(&DeliveryFilter::default()).await.unwrap().len(), 1);
    tx.commit().await.unwrap();
    assert_eq!(reader.deliveries(&DeliveryFilter::default()).await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_store_opened_for_reading_refuses_to_write() {
    let home = Home::new();
    home.store().await.close().await;
    let reader = home.reader().await.unwrap();
    let error = reader.commit(&of(&delivery(1, "2025-10"))).await.unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error:?}");
    assert!(reader.deliveries(&DeliveryFilter::default()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_second_writer_is_told_that_the_database_is_locked() {
    let home = Home::new();
    let (one, two) = (home.store().await, home.store().await);
    let mut impatient = two.begin("test").await.unwrap();
    sqlx::query("PRAGMA busy_timeout = 1").execute(&mut *impatient).await.unwrap();
    impatient.rollback().await.unwrap();

    let held = one.begin("test").await.unwrap();
    let error = two.commit(&of(&delivery(1, "2025-10"))).await.unwrap_err();
    assert!(matches!(error, StoreError::Locked { .. }), "{error:?}");
    // A transaction that is only dropped is taken back some time later.
    held.rollback().await.unwrap();
    assert_eq!(two.commit(&of(&delivery(1, "2025-10"))).await.unwrap(), Committed::Now);
}
