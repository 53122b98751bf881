using Bascule.Connectors.Secrets;
using Bascule.Core;

namespace Bascule.Connectors.Tests.Secrets;

/// <summary>Cases of the test suite that AWS publishes for Signature Version 4, by their names in it.</summary>
public sealed class AwsSignatureTests
{
    private const string Session =
        "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

    [Theory]
    [InlineData(
        "get-vanilla",
        "GET",
        null,
        "",
        null,
        "SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
    )]
    [InlineData(
        "post-vanilla",
        "POST",
        null,
        "",
        null,
        "SignedHeaders=host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
    )]
    [InlineData(
        "post-x-www-form-urlencoded",
        "POST",
        "application/x-www-form-urlencoded",
        "Param1=value1",
        null,
        "SignedHeaders=content-type;host;x-amz-date, Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"
    )]
    [InlineData(
        "post-sts-header-before",
        "POST",
        null,
        "",
        Session,
        "SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"
    )]
    public void SignsAsAwsPublishes(
        string name,
        string method,
        string? contentType,
        string body,
        string? session,
        string expected
    )
    {
        var credentials = new AwsCredentials(
            "AKIDEXAMPLE",
            new Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            session is null ? null : new Secret(session),
            DateTimeOffset.MaxValue
        );
        var time = new DateTimeOffset(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);
        var headers = new Dictionary<string, string> { ["host"] = "example.amazonaws.com" };
        if (contentType is not null)
            headers["content-type"] = contentType;

        var signed = new AwsSignature(credentials, "us-east-1", "service", time).Sign(
            method,
            headers,
            System.Text.Encoding.UTF8.GetBytes(body)
        );

        signed["Authorization"]
            .Reveal()
            .ShouldBe(
                $"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, {expected}",
                name
            );
        signed["x-amz-date"].Reveal().ShouldBe("20150830T123600Z");
    }
}
