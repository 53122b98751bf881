using Bascule.Connectors.Forges.Forgejo;
using Bascule.Connectors.Forges.Gitea;
using Bascule.Connectors.Forges.GiteaFamily;
using Bascule.Connectors.Forges.Gogs;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Connectors.Tests.Forges.Hooks;

/// <summary>A reader, its signature header, and a recorded push that it accepts; tests of what all kinds of forge have in common run over these.</summary>
internal sealed record ForgeReader(IWebhookReader Reader, string Header, Secret Secret, RecordedDelivery Push)
{
    public static readonly ForgeReader Gitea = new(
        new GiteaFamilyWebhook(GiteaDefaults.Member.Signature),
        "X-Gitea-Signature",
        RecordedDelivery.GiteaSecret,
        RecordedDelivery.Load("Gitea", "push_branch")
    );

    public static readonly ForgeReader Gogs = new(
        new GogsWebhook(),
        "X-Gogs-Signature",
        RecordedDelivery.GogsSecret,
        RecordedDelivery.Load("Gogs", "push_branch")
    );

    /// <summary>There is no recording of Forgejo: Gitea's delivery under the headers that its documentation names.</summary>
    public static readonly ForgeReader Forgejo = new(
        new GiteaFamilyWebhook(ForgejoDefaults.Member.Signature),
        "X-Forgejo-Signature",
        RecordedDelivery.GiteaSecret,
        Gitea
            .Push.With("X-Forgejo-Signature", Gitea.Push.Header("X-Gitea-Signature"))
            .With("X-Forgejo-Event", "push")
            .With("X-Forgejo-Delivery", Gitea.Push.Header("X-Gitea-Delivery"))
    );

    public static TheoryData<string> Kinds => ["gitea", "gogs", "forgejo"];

    public string Signature => Push.Header(Header);

    public static ForgeReader Of(string kind) =>
        kind switch
        {
            "gitea" => Gitea,
            "gogs" => Gogs,
            _ => Forgejo,
        };

    public Result<SignedDelivery> Verify(RecordedDelivery delivery) => Reader.Verify(delivery.Request, [Secret]);

    public ProblemCode? Code(RecordedDelivery delivery) => Verify(delivery).Problem?.Code;

    /// <summary>Parses the JSON as if it had been signed.</summary>
    public Result<ForgeEvent> Parse(string eventName, ReadOnlyMemory<byte> json) =>
        Reader.Parse(new SignedDelivery("id", eventName, json));
}
