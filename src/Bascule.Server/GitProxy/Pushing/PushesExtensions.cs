using Bascule.Core.Pushes;
using Bascule.Server.Configuration;
using Bascule.Server.GitProxy.Lfs;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>Wires up pushes.</summary>
internal static class PushesExtensions
{
    /// <summary>Needs mirrors, the audit log, people, runs and their reports, and an <see cref="Core.Exchange.IGitPasses"/>.</summary>
    /// <param name="dataFolder">Pushes wait below it while they are judged.</param>
    public static IServiceCollection AddGitPushes(
        this IServiceCollection services,
        string dataFolder,
        PushSettings settings,
        GitLimits limits
    )
    {
        services.AddSingleton(PushLimits.Of(limits, Path.Combine(dataFolder, "pushes"), settings));
        services.AddSingleton<Quarantines>();
        services.AddSingleton<LfsProofs>();
        services.AddSingleton<ForgePush>();
        services.AddSingleton<PushJudge>();
        services.AddSingleton<PushPermission>();
        services.AddSingleton<PushedHeads>();
        services.AddSingleton<PushRunText>();
        services.AddSingleton<PushFollowing>();
        services.AddSingleton<PushForwarding>();
        services.AddSingleton<IGitPushes, GitPushes>();
        return services;
    }
}
