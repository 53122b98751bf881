namespace Bascule.Simulators.Airflow;

/// <summary>Each may what the one before it may.</summary>
public enum AirflowRole
{
    Public,
    Viewer,
    User,
    Op,
    Admin,
}

/// <summary>Who may log in.</summary>
/// <param name="Subject">What the auth manager writes as <c>sub</c>: FAB the user's id in the database, the simple manager the name.</param>
public sealed record AirflowUser(string Subject, AirflowRole Role)
{
    /// <summary>Null for a user who cannot log in with a password.</summary>
    public string? Password { get; init; }

    public string UserName { get; init; } = Subject;
}
