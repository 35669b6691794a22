// One line for everything that changes data, money or access: who, what, from where. No personal data.
exports.audit = (action, event, detail) => {
  const { identity = {}, authorizer = {}, requestId } = event.requestContext ?? {};
  console.info({
    action,
    requestId,
    actor: authorizer.claims?.sub,
    address: identity.sourceIp,
    device: identity.userAgent,
    ...detail,
  });
};
