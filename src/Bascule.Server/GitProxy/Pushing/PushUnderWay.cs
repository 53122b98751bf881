using Bascule.Core.Exchange;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>One push and all that belongs to it until it is answered.</summary>
/// <param name="Id">What its audit entries share.</param>
internal sealed record PushUnderWay(
    string Id,
    GitPass Pass,
    ProxiedRepository Repository,
    PushRequest Request,
    Quarantine Quarantine
)
{
    public PushEntries Entries => new(Id, Pass, Request.Commands);
}
