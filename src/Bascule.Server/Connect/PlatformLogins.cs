using Bascule.Core;
using Bascule.Core.Platforms;
using Bascule.Server.Connections;
using Bascule.Server.Identity;

namespace Bascule.Server.Connect;

/// <summary>One way by which Bascule comes to a platform.</summary>
/// <param name="Subject">What a finding about it is about.</param>
/// <param name="Grant">What an administrator does by <paramref name="Setup"/>, e.g. <c>lets Bascule in with</c>.</param>
/// <param name="IdentifyAsync">Proves that it works: who Bascule is there.</param>
internal sealed record PlatformLogin(
    string Subject,
    string Grant,
    string Setup,
    Func<CancellationToken, Task<Result<string>>> IdentifyAsync
);

/// <summary>How Bascule comes to the platform of an environment: for what runs there, and for its plans where the platform is asked for them.</summary>
internal sealed class PlatformLogins(IssuerAddress issuer, RunIdentities identities)
{
    private string Issuer => issuer.Url.ToString().TrimEnd('/');

    public IEnumerable<PlatformLogin> Of(EnvironmentConnection environment)
    {
        var (platform, subject) = (environment.Platform, $"environment {environment.Name}");
        yield return new PlatformLogin(
            subject,
            "lets Bascule in with",
            platform.FederationSetup(Issuer, environment.Subject, environment.Name),
            stop => platform.IdentifyAsync(identities.For(environment), stop)
        );
        if (platform is IPlansApart apart)
            yield return new PlatformLogin(
                $"{subject}, its plans",
                "lets plans read, and nothing else, with",
                apart.PlannerSetup(Issuer, environment.PlanSubject, environment.Name),
                stop => apart.IdentifyPlannerAsync(identities.ForPlan(environment), stop)
            );
    }
}
