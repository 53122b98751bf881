using Bascule.Connectors.Issuers;
using Bascule.Core.Identity.Tokens;
using Bascule.Server.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Identity;

/// <summary>The one list of issuers that are trusted, for sign-in and for exchange alike (THREATS T47).</summary>
internal static partial class IssuerExtensions
{
    /// <summary>Without an issuer in the settings nothing verifies tokens.</summary>
    public static void AddIssuers(this IServiceCollection services, ServerSettings settings)
    {
        List<IssuerOptions> issuers =
        [
            .. settings.SignIn.Select(provider => provider.Issuer),
            .. settings.Exchange.Issuers,
        ];
        if (issuers.Count == 0)
            return;
        services.AddSingleton(provider => new IssuerDirectory(
            issuers,
            provider.GetRequiredService<TimeProvider>(),
            detail => Log.Issuer(provider.GetRequiredService<ILogger<IssuerDirectory>>(), detail)
        ));
        services.AddSingleton<IIssuerKeys>(provider => provider.GetRequiredService<IssuerDirectory>());
        services.AddSingleton(provider => provider.GetRequiredService<IssuerDirectory>().Trusted);
        services.AddSingleton<TokenVerifier>().AddSingleton<SingleUseVerifier>();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "An issuer of identity tokens: {Detail}")]
        public static partial void Issuer(ILogger log, string detail);
    }
}
