using System.Collections.Concurrent;
using Bascule.Core;
using Bascule.Core.Identity;

namespace Bascule.Testing.Platforms;

/// <summary>A run's identity whose tokens are told apart by a number.</summary>
public sealed class FixedIdentity(string subject = "env:abc123") : IRunIdentity
{
    public const string Canary = "canary-assertion";

    public string Subject => subject;

    public ConcurrentQueue<string> Audiences { get; } = [];

    public Problem? Failing { get; set; }

    public Task<Result<Secret>> AssertAsync(string audience, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        Audiences.Enqueue(audience);
        return Task.FromResult<Result<Secret>>(
            Failing is { } problem ? problem : new Secret($"{Canary}-{Audiences.Count}")
        );
    }
}
