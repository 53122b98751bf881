using System.Security;

namespace Bascule.Simulators.Azure.MachineLearning.Storage;

/// <summary>An answer of the blob service; errors in its XML, with their code in a header too.</summary>
internal sealed record BlobReply(int Status, string? File = null, string Xml = "")
{
    public Dictionary<string, string> Headers { get; init; } = [];

    public static BlobReply Refuse(int status, string code, string message)
    {
        var text = SecurityElement.Escape(message);
        return new(
            status,
            null,
            $"<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>{text}</Message></Error>"
        )
        {
            Headers = { ["x-ms-error-code"] = code },
        };
    }

    public static BlobReply MissingHeader(string name) =>
        Refuse(
            400,
            "MissingRequiredHeader",
            $"An HTTP header that's mandatory for this request is not specified: {name}."
        );

    public static BlobReply Invalid(string code, string message) => Refuse(400, code, message);
}
