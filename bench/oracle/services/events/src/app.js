module.exports.handler = async () => ({});
