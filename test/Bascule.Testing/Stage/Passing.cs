namespace Bascule.Testing.Stage;

/// <summary>Who is asked.</summary>
public enum Side
{
    Forge,
    Databricks,
}

/// <summary>Before a request takes effect, or after it did and before its answer leaves.</summary>
public enum Moment
{
    Before,
    After,
}

/// <summary>A request to the outside world, at one of the two moments when it can be interrupted.</summary>
public sealed record Passing(Side Side, string Method, string Path, Moment Moment);

/// <summary>Thrown by a watcher: the connection breaks there. Before, nothing has happened; after, the answer is lost.</summary>
public sealed class BrokenConnectionException : Exception
{
    public BrokenConnectionException()
        : this("the connection was broken on purpose") { }

    public BrokenConnectionException(string message)
        : base(message) { }

    public BrokenConnectionException(string message, Exception innerException)
        : base(message, innerException) { }
}
