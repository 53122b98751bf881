using System.Text;
using Bascule.Core;

namespace Bascule.Connectors.Tests.Forges.Hooks;

[Trait("Threat", "T14")]
public sealed class HookFuzzTests
{
    private const int RoundsPerDelivery = 60;

    private static readonly string[] Pieces =
    [
        "null",
        "{}",
        "[]",
        "\"\"",
        "-1",
        "1e400",
        "9223372036854775808",
        "true",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"refs/heads/x\"",
        ",",
        ":",
        "}",
        "]",
        "{",
        "\"",
        "\\",
        "\u00ff",
        "0000000000000000000000000000000000000000",
    ];

    [Theory]
    [InlineData("Gitea", 20261121)]
    [InlineData("Gogs", 20261122)]
    public void NoMutationOfARecordedPayloadThrows(string kind, int seed)
    {
        var forge = ForgeReader.Of(kind.ToLowerInvariant());
        var random = new Random(seed);
        var (invalid, valid) = (0, 0);

        foreach (var name in RecordedDelivery.Names(kind))
        {
            var delivery = RecordedDelivery.Load(kind, name);
            for (var round = 0; round < RoundsPerDelivery; round++)
            {
                var parsed = forge.Parse(name.Split('_', '.')[0], Mutate(delivery.Request.Body.ToArray(), random));
                _ = parsed.Problem is { Code: ProblemCode.Invalid } ? invalid++ : valid++;
                if (parsed.Problem is null)
                    DeliveryOutcome.Describe(parsed.Value).ShouldNotBeNull();
            }
        }

        invalid.ShouldBeGreaterThan(500);
        valid.ShouldBeGreaterThan(100);
    }

    [Theory]
    [InlineData("Gitea")]
    [InlineData("Gogs")]
    public void NoCutOfAPayloadThrows(string kind)
    {
        var forge = ForgeReader.Of(kind.ToLowerInvariant());
        var body = forge.Push.Request.Body;

        for (var length = 0; length < body.Length - 1; length += 7)
            forge.Parse("push", body[..length]).Problem!.Code.ShouldBe(ProblemCode.Invalid);
    }

    /// <summary>One to three changes: a value replaced, bytes flipped, a part removed or doubled.</summary>
    private static byte[] Mutate(byte[] body, Random random)
    {
        for (var change = random.Next(1, 4); change > 0; change--)
            body = random.Next(4) switch
            {
                0 => ReplaceValue(body, random),
                1 => Splice(body, random.Next(body.Length), random.Next(8), Encoding.UTF8.GetBytes(Pick(random))),
                2 => Splice(body, random.Next(body.Length), 1, [(byte)random.Next(256)]),
                _ => Splice(body, random.Next(body.Length), random.Next(200), []),
            };
        return body;
    }

    private static byte[] ReplaceValue(byte[] body, Random random)
    {
        var start = Array.IndexOf(body, (byte)':', random.Next(body.Length));
        var end = start < 0 ? -1 : Array.FindIndex(body, start, value => value is (byte)',' or (byte)'\n');
        return end < 0 ? body : Splice(body, start + 1, end - start - 1, Encoding.UTF8.GetBytes(Pick(random)));
    }

    private static byte[] Splice(byte[] body, int start, int length, byte[] piece) =>
        [.. body.AsSpan(0, start), .. piece, .. body.AsSpan(Math.Min(body.Length, start + length))];

    private static string Pick(Random random) => Pieces[random.Next(Pieces.Length)];
}
