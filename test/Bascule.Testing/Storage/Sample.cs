using System.Security.Cryptography;
using System.Text;
using Bascule.Core.Deliveries;
using Bascule.Core.Forges;
using Bascule.Core.Runs;

namespace Bascule.Testing.Storage;

/// <summary>Ordinary rows, to be changed with <c>with</c> where a test needs something special.</summary>
public static class Sample
{
    public static readonly RepositoryKey Repository = new("f-one", 7);
    public static readonly RefName Main = RefName.Parse("refs/heads/main");
    public static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static CommitId Commit(char digit) => CommitId.Parse(new string(digit, 40));

    public static Delivery Delivery(string uid, string id = "id-1", string body = "{}", string webhook = "w-1") =>
        new()
        {
            Uid = uid,
            WebhookUid = webhook,
            Repository = Repository,
            DeliveryId = id,
            EventName = "push",
            BodyDigest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body))),
            Json = Encoding.UTF8.GetBytes(body),
            ReceivedAt = Noon,
        };

    public static Webhook Webhook(string uid = "w-1") =>
        new()
        {
            Uid = uid,
            Repository = Repository,
            SealedSecret = [1, 2, 3],
            CreatedAt = Noon,
        };

    /// <summary>A queued run of <c>churn</c> on main; <paramref name="key"/> makes its idempotency key.</summary>
    public static Run Run(string key) =>
        new()
        {
            Id = RunId.New(),
            Repository = Repository,
            Forge = "git",
            RepositoryName = "ml/churn",
            Workflow = "churn",
            Environment = "ml-prod",
            Trigger = Trigger.Ref(Main, 1),
            Ref = Main,
            Commit = Commit('a'),
            Key = new IdempotencyKey(key),
            State = RunState.Queued,
            CreatedAt = Noon,
        };

    public static RefUpdate Update(long generation, CommitId? before, CommitId? after) =>
        new(Repository, Main, generation, before, after, RefMove.Forward, new ForgeAccount(3, "ada"), "d-1", Noon);

    public static PullRequest PullRequest(long number) =>
        new()
        {
            Repository = Repository,
            Number = number,
            Title = "Try alpha 0.2",
            Base = Main,
            HeadBranch = "alpha",
            FromFork = false,
            State = PullRequestState.Open,
            UpdatedAt = Noon,
        };
}
