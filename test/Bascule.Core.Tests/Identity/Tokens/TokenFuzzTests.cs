using FsCheck;
using FsCheck.Fluent;

namespace Bascule.Core.Tests.Identity.Tokens;

public sealed class TokenFuzzTests
{
    private readonly TokenStage _stage = new();

    /// <summary>Whatever stands in the header or the claims, signed or not, the answer is a refusal and never an exception.</summary>
    [Fact]
    [Trait("Threat", "T32")]
    public void NoTextMakesTheVerifierThrow() =>
        Prop.ForAll<string>(text =>
            {
                var json = text ?? "";
                Refused(new Secret(json));
                Refused(_stage.Mint.Sign(json, _stage.Claims().ToJsonString()));
                Refused(_stage.Mint.Sign(_stage.Mint.Header().ToJsonString(), json));
            })
            .QuickCheckThrowOnFailure();

    /// <summary>Claims of any name and text besides the known ones change nothing of who somebody is.</summary>
    [Fact]
    [Trait("Threat", "T36")]
    public void WhoSomebodyIsComesFromIssuerAndSubjectAlone() =>
        Prop.ForAll<string, string>(
                (name, value) =>
                {
                    if (name is null || name.Any(char.IsSurrogate) || name.Contains('\0') || s_known.Contains(name))
                        return;
                    var clean = value?.Replace("\0", "", StringComparison.Ordinal);
                    var answer = _stage.VerifyAsync(_stage.Claims((name, clean))).GetAwaiter().GetResult();
                    if (answer.Problem is null)
                        (answer.Value.Subject.Issuer, answer.Value.Subject.Id).ShouldBe((_stage.Mint.Issuer, "u-1"));
                }
            )
            .QuickCheckThrowOnFailure();

    private static readonly HashSet<string> s_known = ["iss", "sub"];

    private void Refused(Secret token) => _stage.VerifyAsync(token).GetAwaiter().GetResult().Problem.ShouldNotBeNull();
}
