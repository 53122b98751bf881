using System.Diagnostics.CodeAnalysis;
using Bascule.Core;
using Bascule.Core.People;
using Bascule.Server.Configuration;

namespace Bascule.Server.SignIn;

/// <summary>What somebody brings who wants to come in.</summary>
/// <param name="Client">The client that the id token must be for.</param>
internal sealed record Arrival(SignInProvider Provider, SessionKind Kind, string Client, Secret IdToken)
{
    /// <summary>What we sent; null for a device flow, which has none.</summary>
    public string? Nonce { get; init; }

    public Secret? AccessToken { get; init; }

    /// <summary>The session that this browser had until now.</summary>
    public SessionToken? Former { get; init; }

    /// <summary>The link by which the first administrator comes in; null without one.</summary>
    public string? FirstAdminLink { get; init; }
}

/// <summary>Somebody who came in.</summary>
internal sealed record Admitted(Person Person, Session Session, SessionToken Token);

/// <summary>Carries a refusal through the framework's handler, which knows exceptions only. Never thrown by us.</summary>
[SuppressMessage("Design", "CA1032", Justification = "It carries a refusal, and nothing else makes sense in it.")]
[SuppressMessage("Design", "CA1064", Justification = "It never leaves this folder.")]
internal sealed class SignInRefusal(Problem problem) : Exception(problem.Message)
{
    public Problem Problem { get; } = problem;
}
