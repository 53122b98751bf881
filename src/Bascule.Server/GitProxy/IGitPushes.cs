using Bascule.Core.Exchange;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.GitProxy;

/// <summary>
/// Answers the two requests of a push. Called once the token is known to be good for pushing to this very repository, which was confirmed at the forge. The
/// request is cut (<see cref="HttpContext.RequestAborted"/>) within a second of the token's end. Writes the whole answer, refusals too: see
/// <see cref="GitAnswer"/>.
/// </summary>
internal interface IGitPushes
{
    /// <summary><c>GET …/info/refs?service=git-receive-pack</c></summary>
    Task AdvertiseAsync(HttpContext context, GitPass pass, ProxiedRepository repository);

    /// <summary><c>POST …/git-receive-pack</c>. Kestrel's limit on the size of the body is lifted: the callee keeps its own.</summary>
    Task ReceiveAsync(HttpContext context, GitPass pass, ProxiedRepository repository);
}
