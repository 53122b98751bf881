using Bascule.Server.GitProxy.Raw;
using Bascule.Server.GitProxy.Views;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.GitProxy;

/// <summary>Wires up the Git proxy. Needs forges, audit, mirrors' options, a TimeProvider and an <see cref="IGitPushes"/>. Without an <see cref="Core.Exchange.IGitPasses"/> every token is unknown.</summary>
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
        services.AddSingleton<ViewFetch>();
        services.AddSingleton<GitFetches>();
        services.AddSingleton<GitGate>();
        services.AddSingleton<RawDoor>();
        services.AddSingleton<RawAudit>();
        services.AddSingleton<RawFiles>();
        return services;
    }
}
