using Bascule.Simulators.Azure.Resources.Shapes;

namespace Bascule.Simulators.Azure.ApiManagement.Shapes;

/// <summary>
/// Which fields a body may have, by the names of the definitions of Microsoft.ApiManagement: <c>!</c> = required, <c>[x]</c> = a list, <c>{x}</c> = a map, <c>@x</c> = another
/// definition, <c>text1-80</c> = with limits of length. Fields that only the service writes are not here: they are refused. The tests compare this with the official files.
/// </summary>
public static class ApimFields
{
    private const string Text = """
        NamedValueCreateContractProperties = tags:[text] secret:flag displayName!:text1-256 value:text-4096
            keyVault:@KeyVaultContractCreateProperties
        NamedValueUpdateParameterProperties = tags:[text] secret:flag displayName:text1-256 value:text1-4096
            keyVault:@KeyVaultContractCreateProperties
        ApiVersionSetContractProperties = description:text versionQueryName:text1-100 versionHeaderName:text1-100 displayName!:text1-100
            versioningScheme!:(Segment|Query|Header)
        ApiVersionSetUpdateParametersProperties = description:text versionQueryName:text1-100 versionHeaderName:text1-100
            displayName:text1-100 versioningScheme:(Segment|Query|Header)
        BackendContractProperties = title:text1-300 description:text1-2000 resourceId:text1-2000 properties:@BackendProperties
            credentials:@BackendCredentialsContract proxy:@BackendProxyContract tls:@BackendTlsProperties
            circuitBreaker:@BackendCircuitBreaker pool:@BackendPool type:(Single|Pool) url!:text1-2000 protocol!:(http|soap)
        BackendUpdateParameterProperties = title:text1-300 description:text1-2000 resourceId:text1-2000 properties:@BackendProperties
            credentials:@BackendCredentialsContract proxy:@BackendProxyContract tls:@BackendTlsProperties
            circuitBreaker:@BackendCircuitBreaker pool:@BackendPool type:(Single|Pool) url:text1-2000 protocol:(http|soap)
        LoggerContractProperties = loggerType!:(azureEventHub|applicationInsights|azureMonitor) description:text-256 credentials:{text}
            isBuffered:flag resourceId:text
        LoggerUpdateParameters = loggerType:(azureEventHub|applicationInsights|azureMonitor) description:text credentials:{text}
            isBuffered:flag
        PolicyFragmentContractProperties = value!:text description:text0-1000 format:(xml|rawxml)
        DiagnosticContractProperties = alwaysLog:(allErrors) loggerId!:text sampling:@SamplingSettings
            frontend:@PipelineDiagnosticSettings backend:@PipelineDiagnosticSettings logClientIp:flag
            httpCorrelationProtocol:(None|Legacy|W3C) verbosity:(verbose|information|error) operationNameFormat:(Name|Url) metrics:flag
        PolicyContractProperties = value!:text format:(xml|xml-link|rawxml|rawxml-link)
        ProductContractProperties = description:text0-1000 terms:text subscriptionRequired:flag approvalRequired:flag
            subscriptionsLimit:whole state:(notPublished|published) displayName!:text1-300
        ProductUpdateProperties = description:text0-1000 terms:text subscriptionRequired:flag approvalRequired:flag
            subscriptionsLimit:whole state:(notPublished|published) displayName:text1-300
        ApiCreateOrUpdateProperties = description:text authenticationSettings:@AuthenticationSettingsContract
            subscriptionKeyParameterNames:@SubscriptionKeyParameterNamesContract type:(http|soap|websocket|graphql|odata|grpc)
            apiRevision:text1-100 apiVersion:text-100 isCurrent:flag apiRevisionDescription:text-256 apiVersionDescription:text-256
            apiVersionSetId:text subscriptionRequired:flag termsOfServiceUrl:text contact:@ApiContactInformation
            license:@ApiLicenseInformation sourceApiId:text displayName:text1-300 serviceUrl:text0-2000 path!:text0-400
            protocols:[(http|https|ws|wss)] apiVersionSet:@ApiVersionSetContractDetails value:text
            format:(wadl-xml|wadl-link-json|swagger-json|swagger-link-json|wsdl|wsdl-link|openapi|openapi+json|openapi-link|openapi+json-link|graphql-link|odata|odata-link|grpc|grpc-link)
            wsdlSelector:{text} apiType:(http|soap|websocket|graphql|odata|grpc) translateRequiredQueryParameters:(template|query)
        ApiContractUpdateProperties = description:text authenticationSettings:@AuthenticationSettingsContract
            subscriptionKeyParameterNames:@SubscriptionKeyParameterNamesContract type:(http|soap|websocket|graphql|odata|grpc)
            apiRevision:text1-100 apiVersion:text-100 isCurrent:flag apiRevisionDescription:text-256 apiVersionDescription:text-256
            apiVersionSetId:text subscriptionRequired:flag termsOfServiceUrl:text contact:@ApiContactInformation
            license:@ApiLicenseInformation displayName:text1-300 serviceUrl:text1-2000 path:text0-400 protocols:[(http|https|ws|wss)]
        OperationContractProperties = templateParameters:[@ParameterContract] description:text-1000 request:@RequestContract
            responses:[@ResponseContract] policies:text displayName!:text1-300 method!:text urlTemplate!:text1-1000
        OperationUpdateContractProperties = templateParameters:[@ParameterContract] description:text-1000 request:@RequestContract
            responses:[@ResponseContract] policies:text displayName:text1-300 method:text urlTemplate:text1-1000
        ApiReleaseContractProperties = apiId:text notes:text
        KeyVaultContractCreateProperties = secretIdentifier:text identityClientId:text
        BackendProperties = serviceFabricCluster:@BackendServiceFabricClusterProperties
        BackendCredentialsContract = certificateIds:[text] certificate:[text] query:{[text]} header:{[text]}
            authorization:@BackendAuthorizationHeaderCredentials
        BackendProxyContract = url!:text1-2000 username:text password:text
        BackendTlsProperties = validateCertificateChain:flag validateCertificateName:flag
        BackendCircuitBreaker = rules:[@CircuitBreakerRule]
        BackendPool = services:[@BackendPoolItem]
        SamplingSettings = samplingType:(fixed) percentage:number
        PipelineDiagnosticSettings = request:@HttpMessageDiagnostic response:@HttpMessageDiagnostic
        AuthenticationSettingsContract = oAuth2:@OAuth2AuthenticationSettingsContract openid:@OpenIdAuthenticationSettingsContract
            oAuth2AuthenticationSettings:[@OAuth2AuthenticationSettingsContract]
            openidAuthenticationSettings:[@OpenIdAuthenticationSettingsContract]
        SubscriptionKeyParameterNamesContract = header:text query:text
        ApiContactInformation = name:text url:text email:text
        ApiLicenseInformation = name:text url:text
        ApiVersionSetContractDetails = id:text name:text description:text versioningScheme:(Segment|Query|Header) versionQueryName:text
            versionHeaderName:text
        ParameterContract = name!:text description:text type!:text defaultValue:text required:flag values:[text] schemaId:text
            typeName:text examples:{@ParameterExampleContract}
        RequestContract = description:text queryParameters:[@ParameterContract] headers:[@ParameterContract]
            representations:[@RepresentationContract]
        ResponseContract = statusCode!:whole description:text representations:[@RepresentationContract] headers:[@ParameterContract]
        BackendServiceFabricClusterProperties = clientCertificateId:text clientCertificatethumbprint:text
            maxPartitionResolutionRetries:whole managementEndpoints!:[text] serverCertificateThumbprints:[text]
            serverX509Names:[@X509CertificateName]
        BackendAuthorizationHeaderCredentials = scheme!:text1-100 parameter!:text1-300
        CircuitBreakerRule = name:text failureCondition:@CircuitBreakerFailureCondition tripDuration:text acceptRetryAfter:flag
        BackendPoolItem = id!:text weight:whole priority:whole
        HttpMessageDiagnostic = headers:[text] body:@BodyDiagnosticSettings dataMasking:@DataMasking
        OAuth2AuthenticationSettingsContract = authorizationServerId:text scope:text
        OpenIdAuthenticationSettingsContract = openidProviderId:text bearerTokenSendingMethods:[(authorizationHeader|query)]
        ParameterExampleContract = summary:text description:text value:any externalValue:text
        RepresentationContract = contentType!:text schemaId:text typeName:text formParameters:[@ParameterContract]
            examples:{@ParameterExampleContract}
        X509CertificateName = name:text issuerCertificateThumbprint:text
        CircuitBreakerFailureCondition = count:whole percentage:whole interval:text statusCodeRanges:[@FailureStatusCodeRange]
            errorReasons:[text-200]
        BodyDiagnosticSettings = bytes:whole
        DataMasking = queryParams:[@DataMaskingEntity] headers:[@DataMaskingEntity]
        FailureStatusCodeRange = min:whole max:whole
        DataMaskingEntity = value:text mode:(Mask|Hide)
        """;

    /// <summary>Fields in their notation, by definition.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Definitions { get; } = FieldNotation.Read(Text);
}
