using Bascule.Server.Tests.Configuration;

namespace Bascule.Server.Tests.Shipping;

public sealed class CollectorSettingsTests : IDisposable
{
    private const string Siem = "siem: { kind: syslog, address: \"logs.example.com:6514\"";
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EachKindIsReadAndRequiredUnlessItSaysOtherwise()
    {
        var (settings, problems) = _folder.Load(SettingsFolder.Full);

        problems.ShouldBeEmpty();
        settings!
            .Collectors.Select(one => (one.Name, one.Collector.Kind, one.Collector.Target, one.IsRequired))
            .ShouldBe([
                ("siem", "syslog", "logs.example.com:6514", true),
                ("otel", "otlp", "https://collect.example.com:4318/v1/logs", false),
                ("splunk", "http", "https://splunk.example.com:8088/services/collector/raw", true),
                ("archive", "file", _folder.Path("store/audit.jsonl"), true),
            ]);
        settings.Collectors.SelectMany(one => one.Warnings).ShouldBeEmpty();
    }

    [Fact]
    public void TheEnterpriseNumberOfExamplesIsWarnedOf()
    {
        var (settings, _) = _folder.Load(SettingsFolder.With("enterprise_number: 61234", "enterprise_number: 32473"));

        settings!.Collectors[0].Warnings.ShouldHaveSingleItem().ShouldContain("for examples only");
    }

    [Fact]
    public void ThePortOfSyslogMayBeLeftOut()
    {
        var (settings, _) = _folder.Load(SettingsFolder.With("logs.example.com:6514", "logs.example.com"));

        settings!.Collectors[0].Collector.Target.ShouldBe("logs.example.com:6514");
    }

    [Theory]
    [InlineData(
        "plain http to another machine",
        "https://splunk.example.com:8088",
        "http://splunk.example.com:8088",
        "splunk.url: is http:// to a host other than this machine's loopback"
    )]
    [InlineData("a metadata service", "logs.example.com:6514", "169.254.169.254:6514", "siem.address: is a link-local")]
    [InlineData(
        "a path in an address",
        "logs.example.com:6514",
        "logs.example.com:6514/x",
        "siem.address: is more than a host and a port"
    )]
    [InlineData("a kind that is not known", "kind: otlp", "kind: kafka", "otel.kind: 'kafka' is not known")]
    [InlineData("a misspelt key", "enterprise_number", "enterprise", "siem.enterprise: is not a known key")]
    [InlineData(
        "a certificate without its key",
        ", key: \"file:tls.key\", ent",
        ", ent",
        "siem.certificate: stands without key"
    )]
    [InlineData(
        "a key of something else",
        "key: \"file:tls.key\", ent",
        "key: \"file:token\", ent",
        "siem.certificate: and key are no PEM that belongs together"
    )]
    [InlineData(
        "a token in the file itself",
        "Authorization: \"file:token\"",
        "Authorization: \"s3cret\"",
        "splunk.headers.Authorization: holds a value"
    )]
    [InlineData(
        "a header that changes what is sent",
        "Authorization: \"file",
        "Content-Length: \"file",
        "splunk.headers.Content-Length: is not the name of a header of yours"
    )]
    [InlineData(
        "a message that nobody needs to take",
        "max_message_bytes: 65536",
        "max_message_bytes: 1024",
        "siem.max_message_bytes: is not a whole number from 2048 to 262144"
    )]
    [InlineData("a name that is none", "siem: {", "SIEM: {", "SIEM: is not a name")]
    [InlineData(
        "a word that is neither",
        "required: false",
        "required: no",
        "otel.required: is neither true nor false"
    )]
    public void WrongSettingsAreRefused(string name, string piece, string replacement, string problem) =>
        _folder
            .Problems(SettingsFolder.With(piece, replacement))
            .ShouldContain(
                one =>
                    one.Contains(
                        $"audit.collectors.{problem}".Replace(
                            "collectors.collectors",
                            "collectors",
                            StringComparison.Ordinal
                        ),
                        StringComparison.Ordinal
                    ),
                name
            );

    [Fact]
    public void TwoCollectorsDoNotShareAFile() =>
        _folder
            .Problems(
                SettingsFolder.With("    siem: {", "    other: { kind: file, path: store/audit.jsonl }\n    siem: {")
            )
            .ShouldHaveSingleItem()
            .ShouldContain("archive.path: is the one of 'other' too");

    [Fact]
    public void AnEmptyListIsAMistake()
    {
        SettingsFolder.Full.ShouldContain(Siem);
        _folder
            .Problems(SettingsFolder.WithoutCollectors() + "\naudit: { collectors: {} }\n")
            .ShouldHaveSingleItem()
            .ShouldContain("audit.collectors: holds nothing");
    }
}
