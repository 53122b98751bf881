using Bascule.Core;
using Bascule.Core.Lineage;
using Bascule.Core.People;
using Bascule.Server.Access;

namespace Bascule.Server.Lineage;

/// <summary>Traces for somebody: what their roles do not show is not there.</summary>
internal sealed class LineageReading(LineageTracer tracer, Sight sight, RoleRules roles)
{
    public async Task<Result<LineageGraph>> TraceAsync(
        string? text,
        Actor actor,
        int limit,
        CancellationToken cancellationToken
    ) => await tracer.TraceAsync(text, await ReaderAsync(actor, cancellationToken), limit, cancellationToken);

    public async Task<LineageReader> ReaderAsync(Actor actor, CancellationToken cancellationToken) =>
        new(
            await sight.RunsAsync(actor, cancellationToken),
            SeesNames: roles.Decide(actor, Act.ReadPeople, Scope.Installation).IsAllowed
        );
}
