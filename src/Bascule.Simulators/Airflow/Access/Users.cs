using System.Security.Cryptography;

namespace Bascule.Simulators.Airflow.Access;

/// <summary>Who is known, and which tokens were handed out to whom.</summary>
internal sealed class Users(TimeProvider time)
{
    /// <summary>The default of <c>[api_auth] jwt_expiration_time</c>.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    private readonly List<AirflowUser> _users = [];
    private readonly Dictionary<string, (AirflowUser User, DateTimeOffset End)> _tokens = [];
    private readonly Lock _gate = new();

    public void Add(AirflowUser user)
    {
        lock (_gate)
        {
            _users.RemoveAll(other => other.Subject == user.Subject);
            _users.Add(user);
        }
    }

    public AirflowUser? FindSubject(string? subject)
    {
        lock (_gate)
            return _users.Find(user => user.Subject == subject);
    }

    public AirflowUser? Find(string? name, string? password)
    {
        lock (_gate)
            return _users.Find(user => user.UserName == name && user.Password is not null && user.Password == password);
    }

    public string Issue(AirflowUser user)
    {
        var token = $"simulated.{RandomNumberGenerator.GetHexString(40, lowercase: true)}";
        lock (_gate)
            _tokens[token] = (user, time.GetUtcNow() + Lifetime);
        return token;
    }

    public void EndTokens()
    {
        lock (_gate)
            foreach (var (token, held) in _tokens.ToList())
                _tokens[token] = (held.User, time.GetUtcNow());
    }

    /// <summary>Null when it was never issued.</summary>
    public (AirflowUser User, bool HasEnded)? FindToken(string token)
    {
        lock (_gate)
            return _tokens.TryGetValue(token, out var held) ? (held.User, held.End <= time.GetUtcNow()) : null;
    }
}
