using Bascule.Server.GitProxy.Following;
using Bascule.Server.GitProxy.Lfs;
using Bascule.Server.GitProxy.Raw;
using Bascule.Server.GitProxy.Views;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.GitProxy;

/// <summary>Wires up the Git proxy. Needs forges, deployments, audit, mirrors' options, a TimeProvider and an <see cref="IGitPushes"/>. Without an <see cref="Core.Exchange.IGitPasses"/> every token is unknown.</summary>
internal static class GitProxyExtensions
{
    public static IServiceCollection AddGitProxy(this IServiceCollection services, GitProxyOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<GitDoor>();
        services.AddSingleton<GitStreams>();
        services.AddHostedService(provider => provider.GetRequiredService<GitStreams>());
        services.AddSingleton<ForgeRequests>();
        services.AddSingleton<FetchAudit>();
        services.AddSingleton<WholeFetch>();
        services.AddSingleton<ForgeListing>();
        services.AddSingleton<Views.Views>();
        services.AddHostedService(provider => provider.GetRequiredService<Views.Views>());
        services.AddSingleton<UploadPack>();
        services.AddSingleton<ViewFetch>();
        services.AddSingleton<DeployedVersions>();
        services.AddSingleton<DeployFetch>();
        services.AddSingleton<DeployLooks>();
        services.AddSingleton<DeployWait>();
        services.AddSingleton<GitFetches>();
        services.AddSingleton<GitGate>();
        services.AddSingleton<LfsForge>();
        services.AddSingleton<LfsPointers>();
        services.AddSingleton<LfsAudit>();
        services.AddSingleton<LfsSpool>();
        services.AddSingleton<LfsReads>();
        services.AddSingleton<LfsWrites>();
        services.AddSingleton<LfsDoor>();
        services.AddSingleton<RawDoor>();
        services.AddSingleton<RawAudit>();
        services.AddSingleton<RawFiles>();
        return services;
    }
}
