using Bascule.Core.People;
using Bascule.Core.Work;
using Bascule.Server.People;

namespace Bascule.Server.SignIn;

/// <summary>Whoever is retired is signed out everywhere (THREATS T45).</summary>
internal sealed class SessionRetirement(ISessionStore sessions) : IRetirement
{
    public string What => "sessions";

    public Task<IReadOnlyList<Change>> EndAsync(Person person, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Change>>([new EndSessionsOf(person.Uid)]);

    public async Task<long> CountLeftAsync(Person person, CancellationToken cancellationToken) =>
        (await sessions.ListAsync(person.Uid, cancellationToken)).Count;
}
