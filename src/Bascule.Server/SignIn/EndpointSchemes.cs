using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Bascule.Server.SignIn;

/// <summary>
/// Providers are spoken to at their own routes and nowhere else: the framework's middleware, which looks at every request before routing, finds nothing to do.
/// Who makes a request is found out from sessions.
/// </summary>
internal sealed class EndpointSchemes(IOptions<AuthenticationOptions> options) : AuthenticationSchemeProvider(options)
{
    public override Task<IEnumerable<AuthenticationScheme>> GetRequestHandlerSchemesAsync() =>
        Task.FromResult<IEnumerable<AuthenticationScheme>>([]);

    public override Task<AuthenticationScheme?> GetDefaultAuthenticateSchemeAsync() =>
        Task.FromResult<AuthenticationScheme?>(null);
}
