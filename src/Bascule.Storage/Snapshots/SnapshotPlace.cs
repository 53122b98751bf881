namespace Bascule.Storage.Snapshots;

/// <summary>Where an installation is kept.</summary>
public abstract record SnapshotPlace
{
    private protected SnapshotPlace() { }

    internal abstract Task<ISnapshotDatabase> ReadAsync(CancellationToken cancellationToken);

    internal abstract Task<ISnapshotDatabase> HoldAsync(TimeProvider time, CancellationToken cancellationToken);
}

public sealed record SqlitePlace(string File) : SnapshotPlace
{
    internal override Task<ISnapshotDatabase> ReadAsync(CancellationToken cancellationToken) =>
        Task.Run<ISnapshotDatabase>(() => SqliteSnapshotDatabase.Read(File), cancellationToken);

    internal override Task<ISnapshotDatabase> HoldAsync(TimeProvider time, CancellationToken cancellationToken) =>
        Task.Run<ISnapshotDatabase>(() => SqliteSnapshotDatabase.Hold(File, time), cancellationToken);
}

/// <param name="Address">As <see cref="Postgres.PostgresAddress.Parse"/> answers it; with a password, so it is never shown.</param>
public sealed record PostgresPlace(string Address) : SnapshotPlace
{
    internal override async Task<ISnapshotDatabase> ReadAsync(CancellationToken cancellationToken) =>
        await PostgresSnapshotDatabase.ReadAsync(Address, cancellationToken);

    internal override async Task<ISnapshotDatabase> HoldAsync(TimeProvider time, CancellationToken cancellationToken) =>
        await PostgresSnapshotDatabase.HoldAsync(Address, time, cancellationToken);

    public override string ToString() => "PostgresPlace";
}
