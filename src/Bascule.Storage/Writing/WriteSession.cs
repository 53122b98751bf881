namespace Bascule.Storage.Writing;

/// <summary>The writing connection as one request sees it. Only ever used on the writer's thread.</summary>
internal abstract class WriteSession : IDisposable
{
    /// <summary>Set by whatever may let a lane go on; the signal is given after the commit.</summary>
    public bool WorkChanged { get; set; }

    /// <summary>For what runs thousands of times a second; prepared at its first use and kept.</summary>
    public abstract IStatement Prepared(string sql);

    public abstract int Execute(string sql, object? parameters);

    /// <summary>The first row, or the type's default.</summary>
    public abstract T? Find<T>(string sql, object? parameters);

    public abstract IReadOnlyList<T> List<T>(string sql, object? parameters);

    /// <summary>Adds an entry to the audit log, with this transaction or not at all. Its place is known by the commit: there are no gaps.</summary>
    public abstract void AppendAudit(ReadOnlyMemory<byte> entry, AuditPlace place);

    /// <summary>From here to the commit nothing that is taken out stays on the disk, as far as the database can see to that.</summary>
    public virtual void LeaveNoTrace() { }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
