using System.Security.Cryptography;

namespace Bascule.Simulators.Forges;

/// <summary>Everything the forge knows, in memory. Callers hold <see cref="Gate"/> while they read or change lists.</summary>
internal sealed class World(TimeProvider time)
{
    private readonly Dictionary<string, long> _counters = new(StringComparer.Ordinal);

    public Lock Gate { get; } = new();

    public List<ForgeUser> Users { get; } = [];

    public List<ForgeRepository> Repositories { get; } = [];

    /// <summary>Whether the API says what somebody else may do with a repository: Gitea does since 1.17, the recorded 1.16 has no such route.</summary>
    public bool TellsPermissions { get; set; }

    /// <summary>Both forges keep whole seconds.</summary>
    public DateTimeOffset Now => DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());

    public long NextId(string kind)
    {
        lock (Gate)
        {
            return _counters[kind] = _counters.GetValueOrDefault(kind) + 1;
        }
    }

    public ForgeUser? FindUser(string name)
    {
        lock (Gate)
        {
            return Users.Find(u => string.Equals(u.Name, name, StringComparison.OrdinalIgnoreCase));
        }
    }

    public ForgeUser? FindByEmail(string email)
    {
        lock (Gate)
        {
            return email.Length == 0
                ? null
                : Users.Find(u => string.Equals(u.Email, email, StringComparison.OrdinalIgnoreCase));
        }
    }

    public ForgeUser? FindByToken(string token)
    {
        lock (Gate)
        {
            return token.Length == 0 ? null : Users.Find(u => u.Tokens.Exists(t => t.Sha1 == token));
        }
    }

    public ForgeUser? FindByPassword(string name, string password) =>
        (FindUser(name) ?? FindByEmail(name)) is { IsOrganisation: false } user
        && password.Length > 0
        && user.Password == password
            ? user
            : null;

    public ForgeRepository? FindRepository(string owner, string name)
    {
        lock (Gate)
        {
            return Repositories.Find(r =>
                string.Equals(r.Owner.Name, owner, StringComparison.OrdinalIgnoreCase)
                && string.Equals(r.Name, name, StringComparison.OrdinalIgnoreCase)
            );
        }
    }

    public ForgeAccess PermissionOf(ForgeUser? user, ForgeRepository repository)
    {
        var floor = repository.IsPrivate ? ForgeAccess.None : ForgeAccess.Read;
        if (user is null)
        {
            return floor;
        }

        lock (Gate)
        {
            var owns = repository.Owner.Id == user.Id || repository.Owner.Owners.Contains(user.Id) || user.IsAdmin;
            var given = owns ? ForgeAccess.Admin : repository.Collaborators.GetValueOrDefault(user.Id);
            return given > floor ? given : floor;
        }
    }

    public static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
}
