using Bascule.Connectors.Issuers;
using Bascule.Core.Identity.Tokens;
using Bascule.Server.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Issuers;

/// <summary>The one list of issuers, and the one way to a verified token (THREATS T36, T47).</summary>
internal static partial class IssuersExtensions
{
    public static void AddIssuers(this IServiceCollection services, ServerSettings settings)
    {
        services.AddSingleton(provider => new IssuerDirectory(
            settings.SignIn.Select(one => one.Issuer),
            provider.GetRequiredService<TimeProvider>(),
            detail => Log.Issuer(provider.GetRequiredService<ILogger<IssuerDirectory>>(), detail)
        ));
        services.AddSingleton(provider => provider.GetRequiredService<IssuerDirectory>().Trusted);
        services.AddSingleton<IssuerTrust>();
        services.AddSingleton<IIssuerKeys>(provider => new ConfirmedIssuerKeys(
            provider.GetRequiredService<IssuerDirectory>(),
            provider.GetRequiredService<IssuerTrust>()
        ));
        services.AddSingleton<TokenVerifier>().AddSingleton<SingleUseVerifier>();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "An issuer of identity tokens: {Detail}")]
        public static partial void Issuer(ILogger log, string detail);
    }
}
